import type { Verdict } from '#libs/domain';
import type { DecisionPolicy } from './policy.js';
import { hard, verdictOf, type VetoCheck } from './veto.js';

/** How far a cluster that was lost is on its way to being trusted with traffic again. */
export interface Recovery {
  readonly goodRounds: number;
  readonly neededRounds: number;
}

/**
 * It is lost by a quorum, and recovered by one: the rounds that count are those which as many sites have seen as it
 * takes to say that it is down. One vantage that has just started does not make it young again where enough others
 * have seen it all along, and one that is wrong makes nothing recovered. Of a cluster nobody looks at, none. Pure; total.
 */
export function recoveryOf(
  verdict: Verdict | undefined,
  { quorum, recoveredAfterRounds }: Pick<DecisionPolicy, 'quorum' | 'recoveredAfterRounds'>,
): Recovery {
  const seen = (verdict?.voices ?? []).map(({ goodRounds }) => roundsIn(goodRounds)).toSorted((a, b) => b - a);
  const vouching = Math.min(quorum, seen.length);
  return { goodRounds: seen[vouching - 1] ?? 0, neededRounds: recoveredAfterRounds };
}

/** What is no number of rounds is none. */
const roundsIn = (count: number | undefined): number =>
  count !== undefined && Number.isFinite(count) ? Math.max(0, count) : 0;

/** What is missing, in rounds; 0 once it has recovered. */
export const missingRounds = ({ goodRounds, neededRounds }: Recovery): number => Math.max(0, neededRounds - goodRounds);

/** `good for 23 of the 60 rounds in a row that it takes to be recovered; 37 are missing` */
export const recoveryInWords = (recovery: Recovery): string =>
  `good for ${recovery.goodRounds} of the ${recovery.neededRounds} rounds in a row after which it counts as recovered; ${missingRounds(recovery)} are missing`;

/** What comes and goes is no home: a group that went back to it would leave it again. */
export const notRecovered: VetoCheck = ({ target, evidence, shape, policy }) => {
  const recovery = recoveryOf(verdictOf(evidence, shape, target), policy);
  if (target === undefined || missingRounds(recovery) === 0) return undefined;
  return hard('not-recovered', `the cluster at ${target} was ${recoveryInWords(recovery)}`);
};
