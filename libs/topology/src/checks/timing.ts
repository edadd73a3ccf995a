import { isDrivenBy } from '../flow.js';
import { flowsOf, policyOf } from '../lookup.js';
import type { Policy } from '../policy.js';
import type { Path } from '../problem.js';
import { describeRto, isInRoute53, ROUTE53_IN_SYNC_MS, rtoSum } from '../rto.js';
import type { Topology } from '../topology.js';
import type { Check, Finding } from './finding.js';

/** `setting` must be at least, or at most, what the others make of it. */
interface Relation {
  readonly setting: keyof Policy;
  readonly bound: 'at least' | 'at most';
  readonly limit: (policy: Policy) => number;
  readonly why: string;
}

const slowestRoundMs = ({ roundMs, jitter }: Policy): number => Math.round(roundMs * (1 + jitter));

const RELATIONS: readonly Relation[] = [
  {
    setting: 'downAfterRounds',
    bound: 'at least',
    limit: ({ suspectAfterRounds }) => suspectAfterRounds + 1,
    why: 'a vantage suspects (suspectAfterRounds) before it says down',
  },
  {
    setting: 'dwellLongMs',
    bound: 'at least',
    limit: ({ dwellShortMs }) => dwellShortMs,
    why: 'a silent site is given no less time (dwellShortMs) than one that says down itself',
  },
  {
    setting: 'coolDownMs',
    bound: 'at least',
    limit: ({ dwellLongMs }) => dwellLongMs + 1,
    why: 'the next run must not start before the last dwell (dwellLongMs) is over',
  },
  {
    setting: 'voteTtlMs',
    bound: 'at least',
    limit: (policy) => slowestRoundMs(policy) + 1,
    why: 'a vote must live until the next round (roundMs, jitter) renews it',
  },
  {
    setting: 'voteTtlMs',
    bound: 'at most',
    limit: ({ dwellLongMs }) => dwellLongMs,
    why: 'the last vote of a lost site must be gone when the dwell (dwellLongMs) ends',
  },
  {
    setting: 'leaderTtlMs',
    bound: 'at least',
    limit: ({ roundMs, requestTimeoutMs }) => roundMs + 2 * requestTimeoutMs,
    why: 'a leader that looks every roundMs must be able to ask twice (requestTimeoutMs) before its lease ends',
  },
  {
    setting: 'leaderTtlMs',
    bound: 'at most',
    limit: ({ dwellLongMs }) => dwellLongMs,
    why: 'a leader that was lost with its site must be replaced when the dwell (dwellLongMs) ends',
  },
  {
    setting: 'guardRenewMs',
    bound: 'at most',
    limit: ({ selfFenceMs }) => Math.floor(selfFenceMs / 3),
    why: 'a guard needs three chances to renew before it fences itself (selfFenceMs)',
  },
];

const broken = (policy: Policy, { setting, bound, limit }: Relation): boolean =>
  bound === 'at least' ? policy[setting] < limit(policy) : policy[setting] > limit(policy);

const findingOf = (policy: Policy, relation: Relation, at: Path): Finding => ({
  at,
  found: String(policy[relation.setting]),
  expected: `${relation.bound} ${relation.limit(policy)}: ${relation.why}`,
});

/** Points at the group's own setting when it has one, else at the document's. */
const settingPath = (topology: Topology, groupAt: number, setting: keyof Policy): Path =>
  setting in (topology.groups[groupAt]?.policy ?? {}) ? ['groups', groupAt, 'policy', setting] : ['policy', setting];

const settingsFit: Check = function* (topology) {
  const inDocument = RELATIONS.filter((relation) => broken(topology.policy, relation));
  for (const relation of inDocument) yield findingOf(topology.policy, relation, ['policy', relation.setting]);
  for (const [at, group] of topology.groups.entries()) {
    const policy = policyOf(topology, group);
    for (const relation of RELATIONS) {
      if (inDocument.includes(relation) || !broken(policy, relation)) continue;
      yield findingOf(policy, relation, settingPath(topology, at, relation.setting));
    }
  }
};

/** Clocks of two machines may run apart by 10 %. */
const selfFenceFitsTheDwell: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    const policy = policyOf(topology, group);
    const { selfFenceMs, fenceMarginMs, dwellLongMs } = policy;
    const fencedMs = Math.ceil(selfFenceMs * 1.1) + fenceMarginMs;
    if (group.fenceMode !== 'strict' || fencedMs <= dwellLongMs) continue;
    const expected = `at least ${fencedMs}: with fenceMode strict a silent site has fenced itself after 1.1 × selfFenceMs + fenceMarginMs`;
    yield { at: settingPath(topology, at, 'dwellLongMs'), found: String(dwellLongMs), expected };
  }
};

const goalIsReachable: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    const sum = rtoSum(topology, group);
    if (sum.totalMs <= sum.goalMs) continue;
    const expected = `at least ${sum.totalMs}, or shorter terms: ${describeRto(sum)}`;
    yield { at: settingPath(topology, at, 'rtoGoalMs'), found: `${sum.goalMs} for group ${group.id}`, expected };
  }
};

/** A name is switched when Route 53 says so, and it may take that long. */
const stepsOutliveRoute53: Check = function* (topology) {
  const leastMs = ROUTE53_IN_SYNC_MS + 15_000;
  for (const [at, group] of topology.groups.entries()) {
    const { stepTimeoutMs } = policyOf(topology, group);
    if (!isInRoute53(group) || stepTimeoutMs >= leastMs) continue;
    const expected = `at least ${leastMs}: group ${group.id} has a name in Route 53, whose servers may take ${ROUTE53_IN_SYNC_MS} ms to know a change`;
    yield { at: settingPath(topology, at, 'stepTimeoutMs'), found: String(stepTimeoutMs), expected };
  }
};

/** A stop is believed when the cluster operator has looked twice, and each look takes a busy one seconds. */
const OPERATOR_LOOKS_TWICE_MS = 30_000;

const stepsOutliveTheOperator: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    const { stepTimeoutMs } = policyOf(topology, group);
    const flow = flowsOf(topology, group).find((each) => isDrivenBy(each, 'strimzi'));
    if (flow === undefined || stepTimeoutMs >= OPERATOR_LOOKS_TWICE_MS) continue;
    const expected = `at least ${OPERATOR_LOOKS_TWICE_MS}: flow ${flow.id} of group ${group.id} is turned by Strimzi's operator, which looks twice before a stop is believed`;
    yield { at: settingPath(topology, at, 'stepTimeoutMs'), found: String(stepTimeoutMs), expected };
  }
};

export const timingChecks: readonly Check[] = [
  settingsFit,
  selfFenceFitsTheDwell,
  goalIsReachable,
  stepsOutliveRoute53,
  stepsOutliveTheOperator,
];
