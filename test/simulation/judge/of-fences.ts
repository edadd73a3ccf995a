import type { StepRecord } from '#libs/domain';
import { DATA_SITES } from '../world/ground.js';
import type { Facts } from './facts.js';
import type { Invariant, Scene } from './invariant.js';

/** A guard's clock may run slower than others by this (design §7). */
const CLOCK_DRIFT = 1.1;

/** What a guard gets that just started, or whose broker just answered: a look at the journal, and its ACLs. */
const GUARD_FENCES_WITHIN_MS = 5_000;

export const ofFences = (): readonly Invariant[] => [
  twoSitesWritable(),
  twoFlowsRunning,
  fencedBeforePromotion,
  waitedOut,
];

/**
 * Whatever the journal says: clients at two sites can write. Advisory groups have accepted that; and where a guard does
 * not run, or its broker does not answer, nobody can fence: then it counts from when they do again.
 */
const twoSitesWritable = (): Invariant => {
  const unguardedAtMs = new Map<string, number>();
  return {
    name: 'one-site-takes-writes',
    onEvent: ({ stage, cast, excused }) => {
      const { nowMs } = stage.timeline;
      for (const site of DATA_SITES) {
        const isGuarded = cast.processAt('site-guard', site).runs && stage.world.kafkaAt(site).serves;
        if (!isGuarded) unguardedAtMs.set(site, nowMs);
      }
      if (stage.terms.fenceMode === 'advisory' || nowMs < excused.bothSitesUntilMs) return undefined;
      const open = DATA_SITES.filter((site) => stage.network.hasPower(site) && stage.world.kafkaAt(site).takesWrites);
      const isExcused = open.some((site) => nowMs - (unguardedAtMs.get(site) ?? -Infinity) < GUARD_FENCES_WITHIN_MS);
      return open.length > 1 && !isExcused ? `clients can write at ${open.join(' and at ')}` : undefined;
    },
  };
};

/** Under the identity policy two directions of one topic feed each other. */
const twoFlowsRunning: Invariant = {
  name: 'one-direction-copies',
  onEvent: ({ stage, excused }) => {
    if (stage.timeline.nowMs < excused.bothFlowsUntilMs) return undefined;
    const copying = stage.world.flows.filter(({ isCopying }) => isCopying);
    return copying.length > 1 ? `${copying.map(({ ends }) => ends.id).join(' and ')} copy at the same time` : undefined;
  },
};

/** When the new site is opened, the old one's fence stands in the journal, proven in a way that the fence mode knows. */
const fencedBeforePromotion: Invariant = {
  name: 'fence-before-promotion',
  onMoment: ({ steps, stepsBefore }, { facts, stage }) => {
    for (const [index, step] of steps.entries()) {
      const isOpened = step.status === 'open' && stepsBefore[index]?.status !== 'open';
      if (!step.pointOfNoReturn || !isOpened) continue;
      const problem = unfenced(step, facts, stage.terms.fenceMode);
      if (problem) return `${step.name} of ${step.run} was opened, and ${problem}`;
    }
    return undefined;
  },
};

function unfenced({ run }: StepRecord, { steps }: Facts, fenceMode: string): string | undefined {
  const fence = [...steps.values()].find((step) => step.run === run && step.fences !== undefined && step.stage > 0);
  if (!fence) return 'there is no fence in its plan';
  if (fence.status !== 'done')
    return fenceMode === 'advisory' && fence.mayFail ? undefined : `its ${fence.name} is ${fence.status}`;
  const check = fence.verifiedBy?.check;
  if (check === undefined) return `nobody proved its ${fence.name}`;
  return check === 'self-fence-waited-out' && fenceMode !== 'strict'
    ? `its ${fence.name} was only waited for`
    : undefined;
}

/** From the last renewal that the journal took, on a true clock. */
const waitedOut: Invariant = {
  name: 'self-fence-is-waited-out',
  onMoment: ({ steps, atMs }, { facts, stage }: Scene) => {
    const settled = steps.find(({ verifiedBy }) => verifiedBy?.check === 'self-fence-waited-out');
    const site = settled?.waitOut;
    if (!settled || site === undefined) return undefined;
    const record = facts.guards.get(site);
    if (!record?.armed) return `${settled.name} counts as done, and the guard of ${site} was not armed`;
    // Whoever waits may have a clock that is as wrong in the other direction.
    const neededMs = (record.selfFenceMs * CLOCK_DRIFT + stage.policy.fenceMarginMs) / 1.1;
    const silentMs = atMs - (facts.renewedAtMs.get(site) ?? 0);
    return silentMs < neededMs - 1
      ? `${settled.name} counts as done ${Math.round(silentMs)} ms after the guard of ${site} renewed`
      : undefined;
  },
};
