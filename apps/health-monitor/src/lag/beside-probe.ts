import type { PositionProblem } from '#libs/domain';
import type { PositionSample } from '#libs/kafka';

/** What a probe says of its flow. */
export interface ProbeWord {
  readonly topic: string;
  /** How long a record that the source has taken is not at the target. */
  readonly missingMs: number;
}

/** Mirrors copy within seconds; what takes longer than this is not on its way any more. */
export const PROBE_MISSING_MAX_MS = 10_000;

/**
 * A sample beside a record of ours that is missing at the target. One that admits to be as far behind, or is as old, stands.
 * One that looks better by more than the bound is not evidence: what it tells of the mirror is as old as that record. Pure.
 */
export function besideProbe(sample: PositionSample, { topic, missingMs }: ProbeWord): PositionSample {
  const { lagMs, sourceAgeMs, mirrorAgeMs, problems } = sample;
  const admittedMs = lagMs + Math.max(sourceAgeMs, mirrorAgeMs);
  if (missingMs - admittedMs <= PROBE_MISSING_MAX_MS) return sample;
  return { ...sample, mirrorAgeMs: Math.round(missingMs), problems: [...problems, notCopied(topic, missingMs)] };
}

const notCopied = (topic: string, missingMs: number): PositionProblem => ({
  kind: 'probe-not-copied',
  where: topic,
  message:
    `a record of ours that the source took into ${topic} ${Math.floor(missingMs / 1_000)} s before is not at the target: ` +
    'positions that look better are no evidence',
});
