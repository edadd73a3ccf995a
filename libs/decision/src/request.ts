import { invariant, type Instant, type Plan, type ReturningSite, type SalvageAs, type SiteId } from '#libs/domain';
import type { Evidence } from './evidence.js';
import type { GroupState } from './group-state.js';
import { PATTERNS } from './pattern/patterns.js';
import type { MoveKind } from './pattern/planned.js';
import { salvagePlan } from './plan.js';
import type { DecisionPolicy, GroupShape } from './policy.js';
import { notRecovered } from './recovery.js';
import { isUncounted } from './returning.js';
import { hard, soft, verdictOf, type Situation, type Veto, type VetoCheck } from './veto.js';
import {
  FAILOVER_CHECKS,
  frozen,
  inCoolDown,
  lagAboveRpo,
  namesOfOthers,
  runActive,
  targetHealthyTooShort,
  targetOf,
  targetUnhealthy,
  weigh,
} from './vetoes.js';

/** What a person asks for by name. A quarantine starts by itself and cannot be asked for. */
export type RequestKind = MoveKind | 'salvage';

export interface MoveRequest {
  readonly kind: RequestKind;
  /** Without it: where the rules would move the group, its home, or the site that waits in quarantine. */
  readonly to?: SiteId;
  /** What becomes of stranded records, for a salvage; quarantined unless said. */
  readonly as?: SalvageAs;
  readonly by: string;
}

/** Everything that is decided about a request, before anybody is asked. */
export interface Answer {
  readonly target: SiteId | undefined;
  readonly vetoes: readonly Veto[];
  /** What would stand in the way if an operator had not lifted it: a run that starts uses these lifts up. */
  readonly lifted: readonly Veto[];
  /** Present when nothing hard stands in the way. */
  readonly plan?: Plan;
  /** A switchover is an operator's own decision; everything else needs a second person. */
  readonly needsApproval: boolean;
}

export interface Facts {
  readonly at: Instant;
  readonly state: GroupState;
  readonly shape: GroupShape;
  readonly policy: DecisionPolicy;
  readonly evidence: Evidence;
}

/** Pure. */
export function answerTo(request: Pick<MoveRequest, 'kind' | 'to' | 'as'>, facts: Facts): Answer {
  const target = request.to ?? defaultTarget(request.kind, facts);
  const situation: Situation = { ...facts, target };
  const { standing: vetoes, lifted } = weigh([...ALWAYS, ...CHECKS_ON[request.kind]], situation);
  const isPossible = target !== undefined && vetoes.every(({ overridable }) => overridable);
  return {
    target,
    vetoes,
    lifted,
    needsApproval: request.kind !== 'switchover',
    ...(isPossible && { plan: planFor(request, facts, target) }),
  };
}

function defaultTarget(kind: RequestKind, { state, shape }: Facts): SiteId | undefined {
  switch (kind) {
    case 'failover':
    case 'switchover':
      return targetOf(state, shape) ?? shape.sites.find((site) => site !== state.active);
    case 'failback':
      return shape.home;
    case 'reprotect':
    case 'salvage':
      return shape.sites.find((site) => site in state.returning);
  }
}

/** The run a request asks for, as it would be decided now. */
export function planFor(
  { kind, as }: Pick<MoveRequest, 'kind' | 'as'>,
  { state, shape, policy, evidence }: Facts,
  target: SiteId,
  fromIsLost = isLost(state.active, evidence, shape),
): Plan {
  const site = state.returning[target];
  const watermark = site?.watermark;
  if (kind === 'salvage') {
    const { leftBy, stranded = { records: 0, ranges: [] } } = site ?? {};
    const order = { as: as ?? 'quarantined', leftBy: leftBy ?? '', watermark: watermark ?? {} } as const;
    return salvagePlan({ shape, policy, from: state.active, to: target, order, stranded });
  }
  const planned = PATTERNS['active-passive'][kind]({
    shape,
    policy,
    from: state.active,
    to: target,
    fromIsLost,
    ...(watermark && { watermark }),
  });
  invariant('plan' in planned, 'What cannot be planned has a veto that nobody can lift.');
  return planned.plan;
}

/** A site whose own monitor is silent is lost: its workers are asked and not waited for. */
export function isLost(site: SiteId, evidence: Evidence, shape: GroupShape): boolean {
  const own = verdictOf(evidence, shape, site)?.voices.find((voice) => voice.site === site);
  return own === undefined || own.opinion === 'silent' || own.opinion === 'abstain';
}

const notLiftable =
  (check: VetoCheck): VetoCheck =>
  (situation) => {
    const veto = check(situation);
    return veto && { ...veto, overridable: false };
  };

const observing: VetoCheck = ({ policy }) =>
  policy.mode === 'observe'
    ? hard('observe-mode', 'mode is observe: nothing is touched; set mode to approve in signalbox.yaml first')
    : undefined;

const alreadyAsked: VetoCheck = ({ state }) =>
  state.phase === 'awaiting-approval'
    ? hard(
        'approval-open',
        `approval ${state.approval} for a ${state.kind} to ${state.target} is open: answer it first`,
      )
    : undefined;

const alreadyThere: VetoCheck = ({ state, target }) =>
  target !== undefined && target === state.active ? hard('already-active', `${target} is active already`) : undefined;

const targetComesBack: VetoCheck = ({ state, target }) => {
  const site = target && state.returning[target];
  return site ? hard('target-quarantined', quarantineMessage(target, site, state.group)) : undefined;
};

/** Says what comes next for a site that is on its way back. */
export const quarantineMessage = (site: SiteId, { phase, rebornAs }: ReturningSite, group: string): string => {
  if (rebornAs !== undefined)
    return `Kafka at ${site} is another cluster than it was: rebuild ${site} by hand, then: signalbox release ${group} --site ${site} --reason '<why>'`;
  switch (phase) {
    case 'lost':
      return `${site} has not come back: it is taken into quarantine when it answers`;
    case 'quarantined':
      return `${site} is in quarantine: protect it again with: signalbox reprotect ${group} --site ${site} --reason '<why>'`;
    case 'catching-up':
      return `${site} is catching up: it can become active once its lag has been under the RPO for long enough`;
  }
};

const activeIsDown: VetoCheck = ({ state, shape, evidence }) => {
  const kind = verdictOf(evidence, shape, state.active)?.kind ?? 'unknown';
  if (kind === 'up' || kind === 'degraded') return undefined;
  const advice = `a planned move needs it; if it is lost: signalbox failover ${state.group} --reason '<why>'`;
  return hard('active-unhealthy', `the cluster at ${state.active} is ${kind}, and ${advice}`);
};

const activeIsWell: VetoCheck = ({ state, shape, evidence }) =>
  verdictOf(evidence, shape, state.active)?.kind === 'up'
    ? soft('active-is-up', `the cluster at ${state.active} is up: a switchover would lose nothing`)
    : undefined;

const guardOf =
  (site: (situation: Situation) => SiteId | undefined): VetoCheck =>
  (situation) => {
    const where = site(situation);
    if (where === undefined || situation.evidence.guards[where]?.leaseHeld) return undefined;
    return hard(
      `no-guard-${where}`,
      `the site-guard of ${where} does not answer: nothing can be opened or closed there`,
    );
  };

const noFlow: VetoCheck = ({ shape, state, target }) => {
  if (shape.flows.some(({ from, to }) => from === state.active && to === target)) return undefined;
  return hard('no-flow', `no flow replicates ${state.active} to ${target ?? 'any other site'}`);
};

const notInQuarantine: VetoCheck = ({ state, target }) => {
  const site = target && state.returning[target];
  if (!target || !site) return hard('not-quarantined', 'no site of the group waits to be protected again');
  return site.phase === 'quarantined'
    ? undefined
    : hard('not-quarantined', quarantineMessage(target, site, state.group));
};

const watermarkUnknown: VetoCheck = ({ state, target }) => {
  const site = target && state.returning[target];
  if (!site || site.watermark) return undefined;
  const advice = `rebuild ${target} by hand, then: signalbox release ${state.group} --site ${target} --reason '<why>'`;
  const why = site.rebornAs
    ? `Kafka at ${target} is another cluster than it was, without the group's records`
    : `run ${site.leftBy} could not record where ${state.active} ended`;
  return hard('watermark-unknown', `${why}: ${advice}`);
};

const nothingStranded: VetoCheck = ({ state, target }) => {
  const site = target && state.returning[target];
  if (!site || site.phase !== 'quarantined' || (site.stranded?.records ?? 0) > 0) return undefined;
  const why = site.stranded ? `no record is stranded in ${target}` : `nobody could count what is stranded in ${target}`;
  return hard('nothing-stranded', why);
};

const salvagedAlready: VetoCheck = ({ state, target }) => {
  const salvaged = target && state.returning[target]?.salvaged;
  if (!salvaged) return undefined;
  const { as, run, copied } = salvaged;
  return soft('salvaged-already', `run ${run} has ${as} what is stranded in ${target} (${copied} records copied)`);
};

/** That nobody could count them does not say that there are none. */
const strandedUncounted: VetoCheck = ({ state, shape, target }) => {
  const site = target && state.returning[target];
  if (!target || site?.phase !== 'quarantined' || !isUncounted(target, site, state.active, shape)) return undefined;
  const advice = 'it is tried again by itself, and why it failed is in: signalbox runs';
  return soft('stranded-uncounted', `nobody could count what is stranded in ${target}: ${advice}`);
};

/** Behind them come the records that are replicated to it: nobody tells them apart any more by where they lie. */
const strandedUndecided: VetoCheck = ({ state, target }) => {
  const { stranded, salvaged, watermark } = (target && state.returning[target]) || {};
  if (!stranded || stranded.records === 0 || salvaged || !watermark) return undefined;
  const advice = `decide about them first: signalbox salvage ${state.group} --as quarantined --reason '<why>'`;
  return soft(
    'stranded-undecided',
    `${stranded.records} records are stranded in ${target}, and in no other log: ${advice}`,
  );
};

const ALWAYS: readonly VetoCheck[] = [observing, alreadyAsked, runActive, frozen];
const PLANNED: readonly VetoCheck[] = [
  alreadyThere,
  targetComesBack,
  activeIsDown,
  targetUnhealthy,
  guardOf(({ state }) => state.active),
  guardOf(({ target }) => target),
  noFlow,
];
const SALVAGE: readonly VetoCheck[] = [
  notInQuarantine,
  nothingStranded,
  salvagedAlready,
  activeIsDown,
  targetUnhealthy,
  guardOf(({ target }) => target),
];
const REPROTECT: readonly VetoCheck[] = [
  notInQuarantine,
  strandedUncounted,
  strandedUndecided,
  watermarkUnknown,
  activeIsDown,
  targetUnhealthy,
  guardOf(({ target }) => target),
  noFlow,
];

/** What is looked at besides, by what is asked for. */
const CHECKS_ON: Readonly<Record<RequestKind, readonly VetoCheck[]>> = {
  failover: [
    alreadyThere,
    targetComesBack,
    activeIsWell,
    ...FAILOVER_CHECKS.filter((check) => !ALWAYS.includes(check)),
  ],
  switchover: [...PLANNED, lagAboveRpo, namesOfOthers],
  // Nobody can lift its lag rule or its recovery: going home too early loses what waiting does not.
  failback: [...PLANNED, notRecovered, notLiftable(lagAboveRpo), targetHealthyTooShort, namesOfOthers, inCoolDown],
  reprotect: REPROTECT,
  salvage: SALVAGE,
};
