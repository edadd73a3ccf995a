import { invariant, type Plan } from '#libs/domain';
import type { Decision, Evaluation, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import {
  activeVerdict,
  closeApproval,
  isDown,
  moveTo,
  settledOf,
  situationOf,
  startRun,
  stay,
  withEffect,
} from './moving.js';
import { planFor } from './request.js';
import { vetoesOf, type Situation, type Veto } from './vetoes.js';

type Suspecting = Extract<GroupState, { phase: 'suspecting' }>;
type Awaiting = Extract<GroupState, { phase: 'awaiting-approval' }>;

export const suspect = (state: GroupState): Suspecting => ({ ...settledOf(state), phase: 'suspecting' });

/** The cluster is down: wait out the dwell, then act, ask, or say what stands in the way. */
export function onDown(state: Suspecting, event: Evaluation, settings: Settings): Decision {
  const verdict = activeVerdict(state, event, settings);
  if (!verdict || verdict.failedForMs < (verdict.dwellMs ?? Infinity)) return moveTo(state, 'dwelling');
  const situation = situationOf(state, event, settings);
  const vetoes = vetoesOf(situation);
  const { mode } = settings.policy;
  if (mode === 'observe') return observeOnly(situation, vetoes);
  if (vetoes.some((veto) => !veto.overridable)) return moveTo(state, 'failover-vetoed', vetoes);
  if (mode === 'approve') return askApproval(state, event, situation, 'ask-approval', vetoes);
  if (vetoes.length > 0) return askApproval(state, event, situation, 'ask-approval-because-vetoed', vetoes);
  return startRun(state, event, planOf(situation), 'start-failover');
}

/** The rules have asked for a failover, and nobody has answered yet. */
export function whileFailoverIsAsked(state: Awaiting, event: Evaluation, settings: Settings): Decision {
  if (!isDown(state, event, settings)) {
    return withEffect(calmDown(state, event, settings), closeApproval(state.approval, 'superseded'));
  }
  if (event.at >= state.expiresAt) {
    return withEffect(onDown(suspect(state), event, settings), closeApproval(state.approval, 'expired'));
  }
  const situation = situationOf(state, event, settings);
  const vetoes = vetoesOf(situation);
  if (settings.policy.mode === 'automatic' && vetoes.length === 0) {
    const started = startRun(state, event, planOf(situation), 'start-failover');
    return withEffect(started, closeApproval(state.approval, 'superseded'));
  }
  return stay(state, state.rule, vetoes);
}

export function onFailoverApproved(state: Awaiting, event: Evaluation, settings: Settings): Decision {
  if (!isDown(state, event, settings)) return calmDown(state, event, settings);
  const situation = situationOf(state, event, settings);
  const vetoes = vetoesOf(situation);
  if (vetoes.some((veto) => !veto.overridable)) return stay(state, 'approved-but-vetoed', vetoes);
  return startRun(state, event, planOf(situation), 'start-approved-failover', { approval: state.approval });
}

export const calmDown = (state: GroupState, event: Evaluation, settings: Settings): Decision =>
  moveTo(
    { ...settledOf(state), phase: 'steady' },
    `suspicion-cleared-${activeVerdict(state, event, settings)?.kind ?? 'blind'}`,
  );

function observeOnly({ state, target }: Situation, vetoes: readonly Veto[]): Decision {
  const rule = vetoes.length > 0 ? 'would-be-vetoed' : 'would-fail-over';
  if (!target) return moveTo(suspect(state), rule, vetoes);
  return moveTo({ ...settledOf(state), phase: 'observed', target }, rule, vetoes);
}

function askApproval(
  state: GroupState,
  event: Evaluation,
  situation: Situation,
  rule: string,
  vetoes: readonly Veto[],
): Decision {
  const plan = planOf(situation);
  return askFor(plan, state, event, situation.policy.approvalTtlMs, { rule, vetoes });
}

/** Opens a question to people; the state waits for its answer. */
export function askFor(
  plan: Plan,
  state: GroupState,
  event: Evaluation,
  approvalTtlMs: number,
  { rule, vetoes, requestedBy }: { rule: string; vetoes: readonly Veto[]; requestedBy?: string },
): Decision {
  const { approval } = event.fresh;
  const { kind, to: target } = plan;
  const expiresAt = (event.at + approvalTtlMs) as typeof event.at;
  const asked = { approval, target, expiresAt, ...(requestedBy !== undefined && { requestedBy }) };
  return withEffect(moveTo({ ...settledOf(state), phase: 'awaiting-approval', kind, ...asked }, rule, vetoes), {
    kind: 'open-approval',
    plan,
    vetoes,
    ...asked,
  });
}

function planOf(situation: Situation): Plan {
  invariant(situation.target, 'Without a target there is a veto that nobody can lift.');
  return planFor('failover', situation, situation.target);
}
