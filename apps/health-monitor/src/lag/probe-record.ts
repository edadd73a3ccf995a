import { z } from 'zod';

const Wire = z.object({
  writer: z.string(),
  sequence: z.int().positive(),
  writtenAt: z.string(),
  sentMs: z.number(),
});

/** What is written to a flow's probe topic. */
export interface ProbeRecord {
  /** One life of one process: sequences are its own. */
  readonly writer: string;
  /** From 1 on. A number is never used again, whatever came of its write. */
  readonly sequence: number;
  /** By the wall clock, for people. */
  readonly writtenAt: string;
  /** On the writer's monotonic clock: it means something to the writer alone. */
  readonly sentMs: number;
}

export const probeValue = (record: ProbeRecord): Buffer => Buffer.from(JSON.stringify(record));

/** `undefined` when it is none: anybody may have written to the topic. */
export function readProbe(value: Buffer | null): ProbeRecord | undefined {
  try {
    return Wire.safeParse(JSON.parse(String(value))).data;
  } catch {
    return undefined;
  }
}
