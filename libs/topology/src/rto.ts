import { policyOf } from './lookup.js';
import type { Group, Topology } from './topology.js';

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
    { name: 'DNS time to live', ms: ttlMs },
    { name: 'clients', ms: policy.clientBudgetMs },
  ];
  return { terms, totalMs: terms.reduce((sum, { ms }) => sum + ms, 0), goalMs: policy.rtoGoalMs };
}

/** `5600 ms first failed round + 90000 ms dwell + … = 115600 ms` */
export const describeRto = ({ terms, totalMs }: RtoSum): string =>
  `${terms.map(({ name, ms }) => `${ms} ms ${name}`).join(' + ')} = ${totalMs} ms`;
