import type { Vote } from '#libs/domain';
import { z } from 'zod';
import { decodeValue, forged, parseJson, type Decoded } from './decode.js';
import type { Mirrors } from './mirrors.js';
import { signatureOf, signatureProblem, type Keyring, type SigningKey } from './signing.js';
import { ClusterIdWire, CountWire, DurationWire, FlowIdWire, ProcessIdWire, SiteIdWire } from './wire.js';

export const OpinionWire = z.enum(['up', 'degraded', 'suspect', 'down', 'abstain']);

export const FlowLagWire = z.object({
  flow: FlowIdWire,
  lagRecords: CountWire,
  lagMs: DurationWire,
  sampleAgeMs: DurationWire,
});

export const VoteWire = z.object({
  site: SiteIdWire,
  process: ProcessIdWire,
  incarnation: z.string().min(1),
  sequence: CountWire,
  cluster: ClusterIdWire,
  opinion: OpinionWire,
  reason: z.string(),
  failedForMs: DurationWire,
  healthyForMs: DurationWire,
  goodRounds: CountWire.optional(),
  flows: z.array(FlowLagWire),
  kafkaClusterId: z.string().optional(),
  rebornBecause: z.string().optional(),
  traceparent: z.string().optional(),
  keyId: z.string().min(1),
  signature: z.string().min(1),
});
const mirrors: Mirrors<z.infer<typeof VoteWire>, Vote> = true;
void mirrors;

export function signVote(draft: Omit<Vote, 'keyId' | 'signature'>, key: SigningKey): Vote {
  const unsigned = { ...draft, keyId: key.keyId };
  return { ...unsigned, signature: signatureOf(unsigned, key) };
}

/** Reads a vote and verifies that its own site signed exactly what was written, newer fields included. */
export function openVote(text: string, keyring: Keyring, what: string): Decoded<Vote> {
  const raw = parseJson(text, what);
  if (!raw.ok) return raw;
  const decoded = decodeValue(VoteWire, raw.value, what);
  if (!decoded.ok) return decoded;
  const { signature, ...unsigned } = raw.value as { signature: string };
  const problem = signatureProblem(unsigned, { ...decoded.value, signature }, keyring);
  return problem === undefined ? decoded : forged(what, problem);
}
