import { invariant, type ApprovalId, type Instant, type Plan, type RunId, type SiteId } from '#libs/domain';
import type { Evidence } from './evidence.js';
import type { GroupState, Phase } from './group-state.js';
import { failoverPlan, type FailoverRequest } from './plan.js';
import type { DecisionPolicy, GroupShape } from './policy.js';
import { targetOf, verdictOf, vetoesOf, type Situation, type Veto } from './vetoes.js';

/** Past facts. `fresh` ids are drawn by the shell, so that the core needs no randomness. */
export type GroupEvent =
  | { readonly kind: 'evaluated'; readonly at: Instant; readonly evidence: Evidence; readonly fresh: FreshIds }
  | {
      readonly kind: 'approved';
      readonly at: Instant;
      readonly approval: ApprovalId;
      readonly evidence: Evidence;
      readonly fresh: FreshIds;
    }
  | { readonly kind: 'denied'; readonly at: Instant; readonly approval: ApprovalId }
  | { readonly kind: 'run-closed'; readonly at: Instant; readonly run: RunId };

export interface FreshIds {
  readonly run: RunId;
  readonly approval: ApprovalId;
}

/** What the shell owes once the state is saved; it saves both in one transaction. */
export type Effect =
  | {
      readonly kind: 'start-run';
      readonly run: RunId;
      readonly plan: Plan;
      readonly approval?: ApprovalId;
    }
  | {
      readonly kind: 'open-approval';
      readonly approval: ApprovalId;
      readonly target: SiteId;
      /** What would run if it were approved now. */
      readonly plan: Plan;
      readonly expiresAt: Instant;
      readonly vetoes: readonly Veto[];
    }
  | { readonly kind: 'close-approval'; readonly approval: ApprovalId; readonly outcome: 'superseded' | 'expired' };

export interface Decision {
  readonly state: GroupState;
  readonly effects: readonly Effect[];
  /** Which rule fired; stored in the state and in the audit entry. */
  readonly rule: string;
  readonly vetoes: readonly Veto[];
}

export interface Settings {
  readonly shape: GroupShape;
  readonly policy: DecisionPolicy;
}

type Kind = GroupEvent['kind'];
type Rule<P extends Phase, K extends Kind> = (
  state: Extract<GroupState, { phase: P }>,
  event: Extract<GroupEvent, { kind: K }>,
  settings: Settings,
) => Decision;

/** Every phase is listed; an event that a phase does not list leaves the state as it is. */
type Transitions = { readonly [P in Phase]: { readonly [K in Kind]?: Rule<P, K> } };

/** The evidence an event brings, if it brings any. */
type Evaluation = Extract<GroupEvent, { evidence: Evidence }>;

const TRANSITIONS: Transitions = {
  steady: {
    evaluated: (state, event, settings) => {
      const kind = activeVerdict(state, event, settings)?.kind ?? 'blind';
      if (kind !== 'down') return stay(state, `active-${kind}`);
      return onDown({ ...settledOf(state), phase: 'suspecting' }, event, settings);
    },
  },
  suspecting: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? onDown(state, event, settings) : calmDown(state, event, settings),
  },
  observed: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? stay(state, state.rule) : calmDown(state, event, settings),
  },
  declined: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? stay(state, state.rule) : calmDown(state, event, settings),
  },
  'awaiting-approval': {
    evaluated: (state, event, settings) => {
      if (!isDown(state, event, settings)) {
        return withEffect(calmDown(state, event, settings), closeApproval(state.approval, 'superseded'));
      }
      if (event.at >= state.expiresAt) {
        const reopened = onDown({ ...settledOf(state), phase: 'suspecting' }, event, settings);
        return withEffect(reopened, closeApproval(state.approval, 'expired'));
      }
      const situation = situationOf(state, event, settings);
      if (settings.policy.mode === 'automatic' && vetoesOf(situation).length === 0) {
        return withEffect(startFailover(state, event, situation), closeApproval(state.approval, 'superseded'));
      }
      return stay(state, state.rule, vetoesOf(situation));
    },
    approved: (state, event, settings) => {
      if (event.approval !== state.approval) return stay(state, 'approval-unknown');
      if (!isDown(state, event, settings)) return calmDown(state, event, settings);
      const situation = situationOf(state, event, settings);
      const vetoes = vetoesOf(situation);
      if (vetoes.some((veto) => !veto.overridable)) return stay(state, 'approved-but-vetoed', vetoes);
      return startFailover(state, event, situation, state.approval);
    },
    denied: (state, event) =>
      event.approval === state.approval
        ? moveTo({ ...settledOf(state), phase: 'declined', approval: state.approval }, 'approval-denied')
        : stay(state, 'approval-unknown'),
  },
  'failing-over': {
    'run-closed': (state, event) =>
      event.run === state.run
        ? moveTo(
            {
              ...settledOf(state),
              phase: 'steady',
              active: state.target,
              quarantined: [...state.quarantined, state.from],
              lastRunEndedAt: event.at,
            },
            'run-closed',
          )
        : stay(state, 'stale-run'),
  },
};

/** Pure: no clock, no randomness, no I/O. The same inputs give the same decision for ever. */
export function decide(state: GroupState, event: GroupEvent, settings: Settings): Decision {
  const rule = TRANSITIONS[state.phase][event.kind] as Rule<Phase, Kind> | undefined;
  return rule?.(state, event, settings) ?? stay(state, state.rule);
}

/** The cluster is down: wait out the dwell, then act, ask, or say what stands in the way. */
function onDown(state: Extract<GroupState, { phase: 'suspecting' }>, event: Evaluation, settings: Settings): Decision {
  const verdict = activeVerdict(state, event, settings);
  if (!verdict || verdict.failedForMs < (verdict.dwellMs ?? Infinity)) return moveTo(state, 'dwelling');
  const situation = situationOf(state, event, settings);
  const vetoes = vetoesOf(situation);
  const { mode } = settings.policy;
  if (mode === 'observe') return observeOnly(situation, vetoes);
  if (vetoes.some((veto) => !veto.overridable)) return moveTo(state, 'failover-vetoed', vetoes);
  if (mode === 'approve') return askApproval(state, event, situation, 'ask-approval', vetoes);
  if (vetoes.length > 0) return askApproval(state, event, situation, 'ask-approval-because-vetoed', vetoes);
  return startFailover(state, event, situation);
}

function observeOnly({ state, target }: Situation, vetoes: readonly Veto[]): Decision {
  const rule = vetoes.length > 0 ? 'would-be-vetoed' : 'would-fail-over';
  if (!target) return moveTo({ ...settledOf(state), phase: 'suspecting' }, rule, vetoes);
  return moveTo({ ...settledOf(state), phase: 'observed', target }, rule, vetoes);
}

function askApproval(
  state: GroupState,
  event: Evaluation,
  situation: Situation,
  rule: string,
  vetoes: readonly Veto[],
): Decision {
  const approval = event.fresh.approval;
  const plan = failoverPlan(failoverRequest(situation));
  const expiresAt = (event.at + situation.policy.approvalTtlMs) as Instant;
  return withEffect(
    moveTo({ ...settledOf(state), phase: 'awaiting-approval', approval, target: plan.to, expiresAt }, rule, vetoes),
    { kind: 'open-approval', approval, target: plan.to, plan, expiresAt, vetoes },
  );
}

function startFailover(state: GroupState, event: Evaluation, situation: Situation, approval?: ApprovalId): Decision {
  const request = failoverRequest(situation);
  const run = event.fresh.run;
  return withEffect(
    moveTo(
      { ...settledOf(state), phase: 'failing-over', run, from: request.from, target: request.to },
      approval ? 'start-approved-failover' : 'start-failover',
    ),
    { kind: 'start-run', run, plan: failoverPlan(request), ...(approval && { approval }) },
  );
}

/** A site whose own monitor is silent is lost: its workers are asked and not waited for. */
export function failoverRequest({ state, shape, policy, evidence, target }: Situation): FailoverRequest {
  invariant(target, 'Without a target there is a veto that nobody can lift.');
  const own = verdictOf(evidence, shape, state.active)?.voices.find((voice) => voice.site === state.active);
  return {
    shape,
    policy,
    from: state.active,
    to: target,
    fromIsLost: own === undefined || own.opinion === 'silent' || own.opinion === 'abstain',
  };
}

export const situationOf = (
  state: GroupState,
  event: { readonly at: Instant; readonly evidence: Evidence },
  { shape, policy }: Settings,
): Situation => ({ at: event.at, state, shape, policy, evidence: event.evidence, target: targetOf(state, shape) });

const activeVerdict = (state: GroupState, { evidence }: Evaluation, { shape }: Settings) =>
  verdictOf(evidence, shape, state.active);

const isDown = (state: GroupState, event: Evaluation, settings: Settings) =>
  activeVerdict(state, event, settings)?.kind === 'down';

const calmDown = (state: GroupState, event: Evaluation, settings: Settings): Decision =>
  moveTo(
    { ...settledOf(state), phase: 'steady' },
    `suspicion-cleared-${activeVerdict(state, event, settings)?.kind ?? 'blind'}`,
  );

const closeApproval = (approval: ApprovalId, outcome: 'superseded' | 'expired'): Effect => ({
  kind: 'close-approval',
  approval,
  outcome,
});

function settledOf({ group, active, quarantined, lastRunEndedAt, rule, vetoes }: GroupState) {
  return { group, active, quarantined, rule, vetoes, ...(lastRunEndedAt !== undefined && { lastRunEndedAt }) };
}

/** The same phase; the rule is what changed, if anything did. */
const stay = (state: GroupState, rule: string, vetoes: readonly Veto[] = []): Decision => moveTo(state, rule, vetoes);

const moveTo = (state: GroupState, rule: string, vetoes: readonly Veto[] = []): Decision => ({
  state: { ...state, rule, vetoes: vetoes.map((veto) => veto.name) },
  effects: [],
  rule,
  vetoes,
});

const withEffect = (decision: Decision, effect: Effect): Decision => ({
  ...decision,
  effects: [...decision.effects, effect],
});
