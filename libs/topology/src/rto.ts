import { policyOf } from './lookup.js';
import type { Group, Topology } from './topology.js';

/** "Changes generally propagate to all Route 53 name servers … within 60 seconds." */
export const ROUTE53_IN_SYNC_MS = 60_000;

/** At Route 53 itself: what stands in its place has its own pace. */
export const isInRoute53 = ({ traffic }: Group): boolean =>
  traffic.some(({ provider }) => provider.kind === 'route53' && provider.endpoint === undefined);

/** What a failover of a silent site takes, as clients see it, term by term. */
export interface RtoSum {
  readonly terms: readonly { readonly name: string; readonly ms: number }[];
  readonly totalMs: number;
  readonly goalMs: number;
}

/**
 * The worst case by policy; the run and client terms are budgets, to be compared with what runs measure. `servedTtlSeconds`:
 * what resolvers are given now, where that is not what the topology says.
 */
export function rtoSum(topology: Topology, group: Group, servedTtlSeconds = 0): RtoSum {
  const policy = policyOf(topology, group);
  const slowestRoundMs = Math.round(policy.roundMs * (1 + policy.jitter));
  const ttlMs = Math.max(servedTtlSeconds * 1_000, ...group.traffic.map(({ ttlSeconds }) => ttlSeconds * 1_000));
  const terms = [
    { name: 'first failed round', ms: slowestRoundMs + policy.probeTimeoutMs },
    { name: 'dwell', ms: Math.max(policy.dwellLongMs, policy.downAfterRounds * slowestRoundMs) },
    { name: 'decision', ms: policy.pollMs },
    { name: 'run', ms: policy.runBudgetMs },
    ...(isInRoute53(group) ? [{ name: 'Route 53 in sync', ms: ROUTE53_IN_SYNC_MS }] : []),
    { name: 'DNS time to live', ms: ttlMs },
    { name: 'clients', ms: policy.clientBudgetMs },
  ];
  return { terms, totalMs: terms.reduce((sum, { ms }) => sum + ms, 0), goalMs: policy.rtoGoalMs };
}

/** `5600 ms first failed round + 90000 ms dwell + … = 115600 ms` */
export const describeRto = ({ terms, totalMs }: RtoSum): string =>
  `${terms.map(({ name, ms }) => `${ms} ms ${name}`).join(' + ')} = ${totalMs} ms`;
