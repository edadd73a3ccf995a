import { invariant, withTtl, type Json, type OneTarget, type SiteId, type Step } from '#libs/domain';
import type { DecisionPolicy, GroupShape } from './policy.js';

/** A step whose place in the order is still a name. */
export type Draft = Omit<Step, 'stage' | 'neededBy'> & { readonly neededBy?: string };

/** The numbers and choices that plans are made by. */
export type PlanPolicy = Pick<
  DecisionPolicy,
  'fenceMode' | 'sealTimeoutMs' | 'stepTimeoutMs' | 'drainTimeoutMs' | 'salvageConflicts'
>;

/** As much of a group, of whatever pattern, as the named parts of its shape. */
interface Of<Part extends keyof GroupShape> {
  readonly shape: Pick<GroupShape, Part>;
  readonly policy: PlanPolicy;
}

/** What the plan of an active-passive group is made from. `from` is active; `to` is the site the run concerns. */
export interface PlanFacts {
  readonly shape: GroupShape;
  readonly policy: PlanPolicy;
  readonly from: SiteId;
  readonly to: SiteId;
}

/** Instead of a stage: the step is waited for by nothing but the end of the run. */
export const CLOSE = 'close';

/** Puts drafts in order: `order` names the stages, `drafts` says what each of them holds. */
export const staged = <Name extends string>(
  order: readonly Name[],
  drafts: Readonly<Record<Name, readonly Draft[]>>,
): Step[] =>
  order.flatMap((name, stage) =>
    drafts[name].map(({ neededBy, ...draft }): Step => ({
      ...draft,
      stage,
      ...(neededBy && { neededBy: neededBy === CLOSE ? order.length : order.indexOf(neededBy as Name) }),
    })),
  );

export const flowsBetween = ({ shape }: PlanFacts, from: SiteId, to: SiteId) =>
  shape.flows.filter((flow) => flow.from === from && flow.to === to);

export const writeAccess = (
  { shape, policy }: Of<'group'>,
  site: SiteId,
  verb: string,
  desired: Json,
  undo?: Json,
): Draft => ({
  name: `${verb}-${site}`,
  action: 'apply',
  resource: { kind: 'write-access', group: shape.group, site },
  desired,
  runsAt: site,
  worker: 'site-guard',
  deadlineMs: policy.stepTimeoutMs,
  ...(undo !== undefined && { undo }),
});

/** Connect has no site of its own: a flow's mirror is turned at the site where the flow ends. */
export const mirror = (
  { policy }: Pick<PlanFacts, 'policy'>,
  flow: { readonly id: string; readonly to: SiteId },
  desired: 'running' | 'stopped',
): Draft => ({
  name: `${desired === 'running' ? 'start' : 'stop'}-mirror-${flow.id}`,
  action: 'apply',
  resource: { kind: 'mirror', flow: flow.id },
  desired,
  runsAt: flow.to,
  worker: 'mirror-switcher',
  deadlineMs: policy.stepTimeoutMs,
});

/** Where the groups of clients go on that the mirror has no translation for; they wait for it, and records do not. */
export function settleGroups(facts: PlanFacts): Draft[] {
  const { shape, policy, from, to } = facts;
  if (shape.untranslatedGroups === undefined) return [];
  const doing =
    shape.untranslatedGroups === 'oldest'
      ? ({ verb: 'seed', action: 'apply', desired: 'seeded' } as const)
      : ({ verb: 'list', action: 'inspect' } as const);
  const { verb, ...what } = doing;
  return flowsBetween(facts, from, to).map((flow) => ({
    ...what,
    name: `${verb}-groups-${flow.id}`,
    resource: { kind: 'group-offsets', flow: flow.id },
    runsAt: flow.to,
    worker: 'mirror-switcher',
    deadlineMs: policy.stepTimeoutMs,
    mayFail: true,
  }));
}

/** Every resource is stamped before anything moves; a delayed write of an older run is refused from here on. */
const seal = ({ policy }: Pick<PlanFacts, 'policy'>) =>
  ({ action: 'seal', deadlineMs: policy.sealTimeoutMs, mayFail: true }) as const;

export const sealWrites = (facts: Of<'group'>, site: SiteId): Draft => ({
  ...seal(facts),
  name: `seal-writes-${site}`,
  resource: { kind: 'write-access', group: facts.shape.group, site },
  runsAt: site,
  worker: 'site-guard',
});

export const sealFlow = (
  facts: PlanFacts,
  kind: 'mirror' | 'positions' | 'salvage',
  flow: { readonly id: string; readonly to: SiteId },
): Draft => ({
  ...seal(facts),
  name: `seal-${kind}-${flow.id}`,
  resource: { kind, flow: flow.id },
  runsAt: flow.to,
  worker: 'mirror-switcher',
});

/** Names as any pattern has them, and where they are changed. */
interface NamesOf extends Pick<PlanFacts, 'policy' | 'to'> {
  readonly shape: { readonly names: readonly { readonly name: string }[] };
}

export const sealNames = (facts: NamesOf): Draft[] =>
  facts.shape.names.map(({ name }) => ({
    ...seal(facts),
    name: `seal-name-${name}`,
    resource: { kind: 'name', name },
    runsAt: facts.to,
    worker: 'dns-switcher',
  }));

export const sealConfigs = (facts: Of<'configs'>, site: SiteId): Draft[] =>
  facts.shape.configs.map(({ id }) => ({
    ...seal(facts),
    name: `seal-config-${id}-${site}`,
    resource: { kind: 'config', config: id, site },
    runsAt: site,
    worker: 'config-switcher',
  }));

/** What a step asks for of a name, as the journal holds it. */
export const pointedAt = (target: OneTarget, ttlSeconds: number): Json =>
  JSON.parse(JSON.stringify(withTtl(target, ttlSeconds))) as Json;

/** `isPlanned`: under the TTL that was lowered for the move, where there is one. */
export function redirectNames({ shape, policy, to }: PlanFacts, isPlanned = false): Draft[] {
  return shape.names.map(({ name, ttlSeconds: standing, plannedTtlSeconds, targets }) => {
    const ttlSeconds = (isPlanned ? plannedTtlSeconds : undefined) ?? standing;
    const target = targets[to];
    invariant(target, `nobody says where ${name} points while ${to} is active`);
    return {
      name: `redirect-${name}`,
      action: 'apply',
      resource: { kind: 'name', name },
      desired: pointedAt(target, ttlSeconds),
      runsAt: to,
      worker: 'dns-switcher',
      deadlineMs: policy.stepTimeoutMs,
    };
  });
}

/** The clients at `site` are told that `active` is. Those who have to restart for it are waited for by nobody. */
export function setConfigs({ shape, policy }: Of<'configs'>, site: SiteId, active: SiteId): Draft[] {
  return shape.configs.map(({ id, data, rolloutMs = {} }) => {
    const desired = data[active];
    invariant(desired, `config ${id} does not say what holds when ${active} is active`);
    return {
      name: `config-${id}-${site}`,
      action: 'apply',
      resource: { kind: 'config', config: id, site },
      desired: { ...desired },
      runsAt: site,
      worker: 'config-switcher',
      deadlineMs: policy.stepTimeoutMs + (rolloutMs[site] ?? 0),
      ...(rolloutMs[site] !== undefined && { neededBy: CLOSE }),
    };
  });
}

/** What the source of the flow holds and its target does not, as the target's site sees it. */
export const inspectBacklog = (
  { policy }: Pick<PlanFacts, 'policy'>,
  flow: { readonly id: string; readonly to: SiteId },
  verb: string,
): Draft => ({
  name: `${verb}-${flow.id}`,
  action: 'inspect',
  resource: { kind: 'backlog', flow: flow.id },
  runsAt: flow.to,
  worker: 'mirror-switcher',
  deadlineMs: policy.stepTimeoutMs,
});

/** How far a flow has come, as the end of its target's log tells. */
export const recordPositions = (
  { policy }: Pick<PlanFacts, 'policy'>,
  flow: { readonly id: string; readonly to: SiteId },
): Draft => ({
  name: `record-positions-${flow.id}`,
  action: 'inspect',
  resource: { kind: 'mirror', flow: flow.id },
  runsAt: flow.to,
  worker: 'mirror-switcher',
  deadlineMs: policy.stepTimeoutMs,
});

/** What a name answers from now on, and what it answered before. */
export const pointName = (
  { policy }: Pick<PlanFacts, 'policy'>,
  name: string,
  runsAt: SiteId,
  { desired, undo }: { readonly desired: Json; readonly undo: Json },
): Draft => ({
  name: `redirect-${name}`,
  action: 'apply',
  resource: { kind: 'name', name },
  desired,
  undo,
  runsAt,
  worker: 'dns-switcher',
  deadlineMs: policy.stepTimeoutMs,
});
