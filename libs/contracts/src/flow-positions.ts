import type { FlowPositions } from '#libs/domain';
import { z } from 'zod';
import { decodeValue, malformed, parseJson, type Decoded } from './decode.js';
import type { Mirrors } from './mirrors.js';
import { signatureOf, signatureProblem, type Keyring, type SigningKey } from './signing.js';
import { CountWire, DurationWire, FlowIdWire, InstantWire, ProcessIdWire, SiteIdWire } from './wire.js';

export const FlowPositionsWire = z.object({
  flow: FlowIdWire,
  site: SiteIdWire,
  process: ProcessIdWire,
  writtenAt: InstantWire,
  lagRecords: CountWire,
  lagMs: DurationWire,
  sourceAgeMs: DurationWire,
  mirrorAgeMs: DurationWire,
  movedAgeMs: DurationWire.optional(),
  peakPerSecond: DurationWire.optional(),
  partitions: z.array(
    z.object({
      topic: z.string().min(1),
      partition: CountWire,
      sourceEnd: CountWire,
      copiedAtLeast: CountWire,
      copied: CountWire,
      lagMs: DurationWire,
      peakPerSecond: DurationWire,
    }),
  ),
  rest: z.object({ partitions: CountWire, recordsAtRisk: CountWire, peakPerSecond: DurationWire }),
  groups: z
    .array(z.object({ group: z.string(), topic: z.string().min(1), partition: CountWire, upstream: CountWire }))
    .optional(),
  problems: z.array(
    z.object({
      kind: z.enum([
        'source-topic-missing',
        'target-topic-missing',
        'target-partitions-missing',
        'beyond-source-end',
        'deleted-before-copied',
        'counts-apart',
        'mirror-silent',
        'probe-not-copied',
      ]),
      where: z.string().optional(),
      message: z.string(),
    }),
  ),
  keyId: z.string().min(1),
  signature: z.string().min(1),
});
const mirrors: Mirrors<z.infer<typeof FlowPositionsWire>, FlowPositions> = true;
void mirrors;

export function signFlowPositions(draft: Omit<FlowPositions, 'keyId' | 'signature'>, key: SigningKey): FlowPositions {
  const unsigned = { ...draft, keyId: key.keyId };
  return { ...unsigned, signature: signatureOf(unsigned, key) };
}

/** Reads positions and verifies that their own site signed exactly what was written, newer fields included. */
export function openFlowPositions(text: string, keyring: Keyring, what: string): Decoded<FlowPositions> {
  const raw = parseJson(text, what);
  if (!raw.ok) return raw;
  const decoded = decodeValue(FlowPositionsWire, raw.value, what);
  if (!decoded.ok) return decoded;
  const { signature, ...unsigned } = raw.value as { signature: string };
  const problem = signatureProblem(unsigned, { ...decoded.value, signature }, keyring);
  return problem === undefined ? decoded : malformed(what, problem);
}
