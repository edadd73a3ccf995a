import { z } from 'zod';
import { decodeValue, forged, parseJson, type Decoded } from './decode.js';
import { signatureOf, signatureProblem, type Keyring, type SigningKey } from './signing.js';
import { FlowLagWire, OpinionWire } from './vote.js';
import { ClusterIdWire, CountWire, DurationWire, ProcessIdWire, SiteIdWire } from './wire.js';

export const OBSERVATION_TYPE = 'io.signalbox.observation.v1';

/** What one process saw of one cluster in one round, and what it makes of it. */
export const ObservationWire = z.object({
  vantage: SiteIdWire,
  process: ProcessIdWire,
  incarnation: z.string().min(1),
  /** Counts the observations of this incarnation: with vantage, process and incarnation it names one. */
  sequence: CountWire,
  cluster: ClusterIdWire,
  probes: z.array(
    z.object({
      probe: z.string().min(1),
      ok: z.boolean(),
      latencyMs: DurationWire,
      detail: z.string().optional(),
    }),
  ),
  opinion: OpinionWire,
  reason: z.string(),
  /** Of this round, from 100; absent while the observer abstains. */
  score: z.number().min(0).max(100).optional(),
  failedForMs: DurationWire,
  healthyForMs: DurationWire,
  goodRounds: CountWire.optional(),
  /** As in the vote: flows that end at this vantage's site. */
  flows: z.array(FlowLagWire),
  /** Whether the observer can vote now. What is not recorded in the journal explains, and is never acted on. */
  recorded: z.boolean(),
  /** Hash of the topology the observer runs by. */
  configHash: z.string().min(1),
});
export type Observation = z.infer<typeof ObservationWire>;

/**
 * CloudEvents 1.0, structured mode. Extension names are lower-case, as the specification demands (§3.1).
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const ObservationEventWire = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.literal(OBSERVATION_TYPE),
  subject: z.string().min(1),
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  data: ObservationWire,
  keyid: z.string().min(1),
  /** Ed25519 over the canonical JSON of everything else, base64. */
  signature: z.string().min(1),
});
export type ObservationEvent = z.infer<typeof ObservationEventWire>;

/** Equal for the copies of one observation that were published to several clusters. */
export const observationId = ({ process, incarnation, sequence }: Observation): string =>
  `${process}/${incarnation}/${sequence}`;

export function observationEvent(
  data: Observation,
  at: { readonly time: Date; readonly traceparent?: string },
  key: SigningKey,
): ObservationEvent {
  const unsigned = {
    specversion: '1.0' as const,
    id: observationId(data),
    source: `/signalbox/${data.vantage}/${data.process}`,
    type: OBSERVATION_TYPE,
    subject: data.cluster,
    time: at.time.toISOString(),
    datacontenttype: 'application/json' as const,
    ...(at.traceparent === undefined ? {} : { traceparent: at.traceparent }),
    data,
    keyid: key.keyId,
  } satisfies Omit<ObservationEvent, 'signature'>;
  return { ...unsigned, signature: signatureOf(unsigned, key) };
}

/** Reads an event and verifies that its vantage's site signed exactly this. */
export function openObservation(text: string, keyring: Keyring, what: string): Decoded<ObservationEvent> {
  const raw = parseJson(text, what);
  if (!raw.ok) return raw;
  const decoded = decodeValue(ObservationEventWire, raw.value, what);
  if (!decoded.ok) return decoded;
  const { signature, ...unsigned } = raw.value as { signature: string };
  const { data, keyid } = decoded.value;
  const problem = signatureProblem(unsigned, { site: data.vantage, keyId: keyid, signature }, keyring);
  return problem === undefined ? decoded : forged(what, problem);
}
