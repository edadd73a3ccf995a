import { decodeValue, parseJson } from '#libs/contracts';
import type { Json, Positions } from '#libs/domain';
import { z } from 'zod';
import { parsePartitionKey, partitionKey } from '../topic-partition.js';

/** As Connect's REST interface has it, and Strimzi hands it through. */
const Offsets = z.looseObject({
  offsets: z.array(
    z.looseObject({
      partition: z.looseObject({ cluster: z.string(), topic: z.string(), partition: z.number().int() }),
      offset: z.looseObject({ offset: z.number().int() }).nullable(),
    }),
  ),
});

/** Positions that stand in a text, of partitions of `alias`. Connect has the last offset that was copied. @throws MalformedError */
export function positionsIn(text: string, alias: string, name: string): Positions {
  const parsed = parseJson(text, name);
  const decoded = parsed.ok ? decodeValue(Offsets, parsed.value, name) : parsed;
  if (!decoded.ok) throw decoded.problem;
  const own = decoded.value.offsets.flatMap(({ partition, offset }) =>
    offset === null || partition.cluster !== alias ? [] : [[partitionKey(partition), offset.offset + 1] as const],
  );
  return Object.fromEntries(own);
}

/** A position of 0 cannot be stored, and need not. */
export function offsetsText(positions: Positions, alias: string): string {
  const offsets = Object.entries(positions).map(([key, position]): Json => ({
    partition: { cluster: alias, ...parsePartitionKey(key) },
    offset: { offset: position - 1 },
  }));
  return JSON.stringify({ offsets });
}
