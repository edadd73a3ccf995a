import { canonicalJson } from '#libs/contracts';
import { resourceKey, type StepRecord } from '#libs/domain';
import type { Deed } from '../world/sim-resource.js';
import type { Facts } from './facts.js';
import type { Invariant, Scene } from './invariant.js';

export const ofResources = (): readonly Invariant[] => [
  stampsNeverFall(),
  intentFirst,
  nothingAfterClose,
  reportsAreTrue,
  noRetryAgainstFence(),
];

/** What refuses a lower epoch has refused it. */
const stampsNeverFall = (): Invariant => {
  const highest = new Map<string, number>();
  const falls = (name: string, stamp: number): string | undefined => {
    const before = highest.get(name) ?? 0;
    if (stamp < before) return `the stamp of ${name} fell from ${before} to ${stamp}`;
    highest.set(name, stamp);
    return undefined;
  };
  return {
    name: 'stamps-never-fall',
    onDeed: ({ resource, epoch, before, outcome }) =>
      outcome === 'written' && resource.kind.fence === 'strong' && epoch < before.epoch
        ? `${resource.key} took a write of epoch ${epoch} over ${before.epoch}`
        : undefined,
    onEvent: ({ stage }) => {
      for (const kafka of stage.world.kafkas.values()) {
        const problem = falls(`write access to ${kafka.name}`, kafka.stamp);
        if (problem) return problem;
      }
      return undefined;
    },
  };
};

const stepsOn = ({ steps }: Facts, { resource, epoch }: Deed): readonly StepRecord[] =>
  [...steps.values()].filter((step) => step.epoch === epoch && resourceKey(step.resource) === resource.key);

/** The intent was durable before anybody acted, under this very epoch; or it is an order that still stands. */
const intentFirst: Invariant = {
  name: 'intent-before-effect',
  onDeed: (deed, { facts }) => {
    if (deed.outcome !== 'written') return undefined;
    if (stepsOn(facts, deed).some(({ startedAt }) => startedAt !== undefined)) return undefined;
    // Steps of a run that was taken over carry the next epoch already: what arrives late was intended before.
    if ([...facts.runs.values()].some(({ epoch }) => epoch > deed.epoch)) return undefined;
    const order = facts.orders.get(deed.resource.key);
    if (order && order.epoch >= deed.epoch) return undefined;
    return `${deed.by} wrote ${deed.resource.key} under epoch ${deed.epoch}, which nobody intended`;
  },
};

/** The property that the model in `models` proves: when no run is open, nothing is changed by what arrives late. */
const nothingAfterClose: Invariant = {
  name: 'late-writes-change-nothing',
  onDeed: ({ resource, before, next, epoch, by, outcome }, { facts }) => {
    const isChange = outcome === 'written' && canonicalJson(before.value) !== canonicalJson(next);
    if (!isChange || resource.kind.fence === 'weak') return undefined;
    const [run] = facts.openRuns;
    if (!run) return `${by} changed ${resource.key} under epoch ${epoch} after the run was closed`;
    return epoch < run.epoch && before.epoch >= run.epoch
      ? `${by} changed ${resource.key} under epoch ${epoch} in a run of epoch ${run.epoch}`
      : undefined;
  },
};

/** What a worker reports as done was so at its resource: the stamp of the step's epoch, and the value for an apply. */
const reportsAreTrue: Invariant = {
  name: 'reports-are-true',
  onMoment: ({ steps, stepsBefore }, scene) => {
    for (const [index, step] of steps.entries()) {
      const isReport = step.status === 'done' && stepsBefore[index]?.status === 'taken';
      const problem = isReport && untrue(step, scene);
      if (problem) return `${step.name} of ${step.run} was reported as done by ${step.takenBy}, and ${problem}`;
    }
    return undefined;
  },
};

function untrue({ action, resource, epoch, desired }: StepRecord, { stage }: Scene): string | undefined {
  if (action !== 'seal' && action !== 'apply') return undefined;
  const key = resourceKey(resource);
  if (resource.kind === 'write-access') {
    const kafka = stage.world.kafkas.get(resource.site as never);
    // A closed listener remembers its epoch until the ACLs can hold it.
    const isStamped = !kafka || !kafka.listener.isOpen || kafka.stamp >= epoch;
    return isStamped ? undefined : `${key} carries epoch ${kafka.stamp}, not ${epoch}`;
  }
  const { past } = stage.world.get(key);
  if (!past.some((held) => held.epoch >= epoch)) return `${key} never carried epoch ${epoch}`;
  if (action === 'seal') return undefined;
  const wanted = canonicalJson(desired);
  const wasSo = past.some((held) => held.epoch >= epoch && canonicalJson(held.value) === wanted);
  return wasSo ? undefined : `${key} never held ${wanted} under epoch ${epoch}`;
}

/** Who was refused because a newer run is in charge stops. */
const noRetryAgainstFence = (): Invariant => {
  const refused = new Set<string>();
  return {
    name: 'no-retry-against-a-fence',
    onDeed: ({ resource, by, epoch, outcome }) => {
      if (outcome !== 'fenced') return undefined;
      const key = `${by} ${resource.key} ${epoch}`;
      if (refused.has(key)) return `${by} tried ${resource.key} again under epoch ${epoch}, which it was refused`;
      refused.add(key);
      return undefined;
    },
  };
};
