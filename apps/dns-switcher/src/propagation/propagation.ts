import type { NameReport, ResolverSeen } from '#libs/domain';
import type { Spreading } from './name-tracker.js';

/** A question and its answer are on their way for a while, too. */
const ON_ITS_WAY_MS = 1_000;

export type Propagation = Pick<NameReport, 'state' | 'until' | 'waitsFor' | 'resolvers'>;

/**
 * Done when every authoritative server that clients are sent to has the new answer, no compliant resolver can have
 * another one, and the resolvers that were asked give it. A resolver that does not answer is no evidence of either. Pure.
 */
export function propagationOf(
  { horizonMs, until, unseen }: Spreading,
  resolvers: readonly ResolverSeen[],
  nowMs: number,
): Propagation {
  const isOver = horizonMs !== undefined && nowMs >= horizonMs;
  const isLate = horizonMs !== undefined && nowMs >= horizonMs + ON_ITS_WAY_MS;
  const judged = resolvers.map((each) => (isLate && each.gives === 'old' ? { ...each, ignoresTtl: true } : each));
  const waitsFor = [
    ...unseen.map((server) => `${server} has not been seen with the new answer`),
    ...(isOver || horizonMs === undefined ? [] : ['old answers may still be cached']),
    ...judged.filter(({ gives }) => gives === 'old').map(describeOld),
  ];
  return {
    state: waitsFor.length === 0 ? 'done' : 'propagating',
    ...(until !== undefined && { until }),
    waitsFor,
    resolvers: judged,
  };
}

const describeOld = ({ address, ignoresTtl, remainingTtlSeconds = 0 }: ResolverSeen): string =>
  ignoresTtl === true
    ? `resolver ${address} gives an old answer though its TTL is over: it ignores TTLs`
    : `resolver ${address} gives an old answer for ${remainingTtlSeconds} s more`;
