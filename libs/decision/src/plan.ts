import type { Backlog, GroupId, Json, Plan, Positions, RunKind, SalvageOrder } from '#libs/domain';
import {
  flowsBetween,
  inspectBacklog,
  mirror,
  recordPositions,
  redirectNames,
  sealConfigs,
  sealFlow,
  sealNames,
  sealWrites,
  settleGroups,
  setConfigs,
  staged,
  writeAccess,
  type Draft,
  type PlanFacts,
} from './plan-drafts.js';

import { awaitTtls, lowersTtls, lowerTtls, restoreTtls } from './plan-ttl.js';

export interface FailoverFacts extends PlanFacts {
  /** Nobody hears from the old site: its workers are asked, and not waited for. */
  readonly fromIsLost: boolean;
}

export interface ReprotectFacts extends PlanFacts {
  /** Where the active site's log ended when it was promoted. */
  readonly watermark: Positions;
}

export interface SalvageFacts extends PlanFacts {
  readonly order: Pick<SalvageOrder, 'as' | 'leftBy' | 'watermark'>;
  readonly stranded: Backlog;
}

/** The order of a move; what it guards against is in the order. */
const OPENED = ['close-inbound', 'positions', 'promote', 'groups', 'redirect', 'verify'] as const;
const FAILOVER = ['seal', 'fence', ...OPENED] as const;
const PLANNED = ['seal', 'fence', 'drain', ...OPENED] as const;
/** Where a name's TTL is lowered first, and restored after. */
const PLANNED_TTL = ['seal', 'lower-ttl', 'await-ttl', ...PLANNED.slice(1), 'restore-ttl'] as const;
const QUARANTINE = ['seal', 'fence', 'take-in'] as const;
const SALVAGE = ['seal', 'fence', 'salvage'] as const;
const REPROTECT = ['seal', 'stop', 'positions', 'admit', 'start'] as const;

/** Unplanned active-passive: fence, then promote, then redirect, and verify each (design §7). Pure. */
export const failoverPlan = (facts: FailoverFacts): Plan =>
  planOf('failover', facts, staged(orderFor(facts, FAILOVER), { ...moveStages(facts), fence: [fenceOldSite(facts)] }));

/** As a failover, but nothing may be lost: writes stop first, and the new site has everything before it is opened. */
export const plannedMove = (kind: 'switchover' | 'failback', facts: PlanFacts): Plan =>
  planOf(
    kind,
    facts,
    staged(orderFor(facts, lowersTtls(facts) ? PLANNED_TTL : PLANNED), {
      ...moveStages({ ...facts, fromIsLost: false }, true),
      'lower-ttl': lowerTtls(facts),
      'await-ttl': awaitTtls(facts),
      'restore-ttl': restoreTtls(facts),
      fence: [{ ...writeAccess(facts, facts.from, 'fence', 'none', 'clients'), fences: facts.from }],
      drain: flowsBetween(facts, facts.from, facts.to).map((flow) => ({
        ...inspectBacklog(facts, flow, 'drain'),
        desired: 'empty',
        deadlineMs: facts.policy.drainTimeoutMs,
      })),
    }),
  );

/** Takes in a site that came back: sealed and fenced before anything else, then its stranded records are counted. */
export const quarantinePlan = (facts: PlanFacts): Plan =>
  planOf(
    'quarantine',
    facts,
    staged(QUARANTINE, {
      seal: [sealWrites(facts, facts.to), ...sealConfigs(facts, facts.to)],
      fence: [{ ...writeAccess(facts, facts.to, 'fence', 'none'), fences: facts.to }],
      'take-in': [
        ...flowsBetween(facts, facts.to, facts.from).map((flow) => inspectBacklog(facts, flow, 'count-stranded')),
        ...setConfigs(facts, facts.to, facts.from),
      ].map((draft) => ({ ...draft, mayFail: true })),
    }),
  );

/**
 * Replication toward a site in quarantine, from the watermark: what was mirrored before is not copied again, and nothing
 * is wiped. The old direction is stopped first: two directions of one topic never run at the same time. What could not be
 * sealed when the site came back is now, or the site stays where it is: a stale write to it would be refused by nobody.
 */
export function reprotectPlan(facts: ReprotectFacts): Plan {
  const { from, to, watermark } = facts;
  const [forward, backward] = [flowsBetween(facts, from, to), flowsBetween(facts, to, from)];
  const steps = staged(REPROTECT, {
    seal: [
      sealWrites(facts, to),
      ...forward.map((flow) => sealFlow(facts, 'positions', flow)),
      ...backward.map((flow) => sealFlow(facts, 'mirror', flow)),
      ...sealConfigs(facts, to),
    ],
    stop: [...backward.map((flow) => mirror(facts, flow, 'stopped')), ...setConfigs(facts, to, from)],
    positions: forward.map((flow) => ({
      name: `set-positions-${flow.id}`,
      action: 'apply',
      resource: { kind: 'positions', flow: flow.id },
      desired: watermark,
      runsAt: to,
      worker: 'mirror-switcher',
      deadlineMs: START_FACTOR * facts.policy.stepTimeoutMs,
    })),
    admit: [writeAccess(facts, to, 'admit-replication', 'inbound', 'none')],
    start: forward.map((flow) => ({
      ...mirror(facts, flow, 'running'),
      deadlineMs: START_FACTOR * facts.policy.stepTimeoutMs,
      undo: 'stopped',
    })),
  });
  return planOf('reprotect', facts, steps);
}

/**
 * The stranded records of a site in quarantine. It has to be seen to take no writes first: what came behind the records
 * that are read would stay there unseen. Nothing is taken back: what was copied is counted, and a repetition goes on there.
 */
export function salvagePlan(facts: SalvageFacts): Plan {
  const { from, to, policy } = facts;
  const flows = flowsBetween(facts, to, from);
  return planOf(
    'salvage',
    facts,
    staged(SALVAGE, {
      seal: flows.map((flow) => sealFlow(facts, 'salvage', flow)),
      fence: [{ ...writeAccess(facts, to, 'verify-fence', 'none'), action: 'inspect' }],
      salvage: flows.map((flow) => ({
        name: `salvage-${flow.id}`,
        action: 'apply',
        resource: { kind: 'salvage', flow: flow.id },
        desired: orderOf(facts),
        runsAt: from,
        worker: 'mirror-switcher',
        deadlineMs: START_FACTOR * policy.stepTimeoutMs + facts.stranded.records / SALVAGED_PER_MS_MIN,
      })),
    }),
  );
}

function orderOf({ shape, policy, to, order, stranded: { ranges } }: SalvageFacts): Json {
  const { salvageConflicts: conflicts = 'keep-newest' } = policy;
  const all: SalvageOrder = { ...order, group: shape.group, site: to, conflicts, ranges };
  return JSON.parse(JSON.stringify(all)) as Json;
}

/** A tenth of what one core does: it may be read over a slow line. */
const SALVAGED_PER_MS_MIN = 2;

/** Creating connectors and starting their tasks takes Connect a rebalance or two. */
const START_FACTOR = 3;

/** What `advance` and `compensate` understand; a run of a higher one is led by who knows it. */
export const PLAN_VERSION: number = 1;

/** Whose plan it is, and between which sites. */
interface OfMove extends Pick<PlanFacts, 'from' | 'to'> {
  readonly shape: Pick<PlanFacts['shape'], 'group'>;
}

/** Absent means the first version, so that a plan of it has the hash that it always had. */
export const planOf = (kind: RunKind, { shape, from, to }: OfMove, steps: Plan['steps']): Plan => ({
  kind,
  group: shape.group as GroupId,
  from,
  to,
  steps,
  ...(PLAN_VERSION > 1 && { version: PLAN_VERSION }),
});

/** Without the stage of groups where nobody looks after them: a stage of nothing would cost a transaction. */
const orderFor = <Name extends string>({ shape }: PlanFacts, order: readonly Name[]): readonly Name[] =>
  order.filter((stage) => stage !== 'groups' || shape.untranslatedGroups !== undefined);

/** What planned and unplanned moves have in common. */
function moveStages(facts: FailoverFacts, isPlanned = false) {
  const { from, to, fromIsLost } = facts;
  const ofLostSite = (draft: Draft): Draft => (fromIsLost ? { ...draft, deadlineMs: 0, mayFail: true } : draft);
  const ofOldSite = (draft: Draft): Draft => ofLostSite({ ...draft, mayFail: true });
  return {
    seal: [
      ...[sealWrites(facts, from), ...sealConfigs(facts, from)].map(ofLostSite),
      sealWrites(facts, to),
      ...flowsBetween(facts, from, to).map((flow) => sealFlow(facts, 'mirror', flow)),
      ...sealNames(facts),
      ...sealConfigs(facts, to),
    ],
    'close-inbound': closeInbound(facts),
    // The watermark: how far the new site's log reaches before its first client write. Without it the old site has to be
    // rebuilt by hand, which an outage is worth and a planned move is not.
    positions: flowsBetween(facts, from, to)
      .map((flow) => recordPositions(facts, flow))
      .map((draft) => (isPlanned ? draft : { ...draft, mayFail: true })),
    promote: [{ ...writeAccess(facts, to, 'promote', 'clients'), pointOfNoReturn: true }],
    // After the checkpoint connector has stopped, which could still set a group back, and before its consumers come.
    groups: settleGroups(facts),
    redirect: [
      ...redirectNames(facts, isPlanned),
      ...setConfigs(facts, to, to),
      ...setConfigs(facts, from, to).map(ofOldSite),
    ],
    verify: [{ ...writeAccess(facts, to, 'verify-writes', 'clients'), action: 'inspect' as const, mayFail: true }],
  };
}

/** What counts as fenced when the old site's guard does not report is the fence mode's choice. */
function fenceOldSite(facts: FailoverFacts): Draft {
  const { policy, from } = facts;
  const fence: Draft = { ...writeAccess(facts, from, 'fence', 'none', 'clients'), fences: from };
  switch (policy.fenceMode) {
    case 'strict':
      return { ...fence, waitOut: from };
    case 'guarded':
      return fence;
    case 'advisory':
      return { ...fence, mayFail: true };
  }
}

/**
 * The inbound principal's loss of WRITE, not the connector's STOP, is what refuses a late tail: promotion waits for the
 * first. With a dead source STOP takes a second or more; consumers wait for it, because a running checkpoint connector
 * could still set their groups back.
 */
function closeInbound(facts: PlanFacts): Draft[] {
  const stops = flowsBetween(facts, facts.from, facts.to).map((flow): Draft => ({
    ...mirror(facts, flow, 'stopped'),
    undo: 'running',
    mayFail: true,
    neededBy: facts.shape.untranslatedGroups === undefined ? 'redirect' : 'groups',
  }));
  return [...stops, writeAccess(facts, facts.to, 'deny-inbound', 'none', 'inbound')];
}
