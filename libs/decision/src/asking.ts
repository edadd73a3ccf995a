import type { Decision, Evaluation, GroupEvent, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { askFor, onDown, suspect } from './incident.js';
import { closeApproval, isDown, moveTo, settledOf, startRun, stay, withEffect } from './moving.js';
import { answerTo, type Answer, type Facts, type RequestKind } from './request.js';

type Awaiting = Extract<GroupState, { phase: 'awaiting-approval' }>;

/** A person asks for a run by name. Refused, nothing changes; the vetoes say why. */
export function onRequest(
  state: GroupState,
  event: Extract<GroupEvent, { kind: 'requested' }>,
  settings: Settings,
): Decision {
  const { kind, by: requestedBy } = event.request;
  const { plan, vetoes, needsApproval } = answerTo(event.request, factsOf(state, event, settings));
  if (!plan || (!needsApproval && vetoes.length > 0)) return { state, effects: [], rule: 'request-refused', vetoes };
  if (!needsApproval) return startRun(state, event, plan, `start-${kind}`, { requestedBy });
  const rule = `ask-approval-for-${kind}`;
  return askFor(plan, state, event, settings.policy.approvalTtlMs, { rule, vetoes, requestedBy });
}

/** What a person asked for waits for another one. An incident goes before it. */
export function whileRequestIsAsked(state: Awaiting, event: Evaluation, settings: Settings): Decision {
  const close = (decision: Decision, outcome: 'superseded' | 'expired') =>
    withEffect(decision, closeApproval(state.approval, outcome));
  if (isDown(state, event, settings) && state.kind !== 'failover') {
    return close(onDown(suspect(state), event, settings), 'superseded');
  }
  if (event.at >= state.expiresAt) return close(moveTo(steady(state), 'request-expired'), 'expired');
  return stay(state, state.rule, again(state, event, settings).vetoes);
}

export function onRequestApproved(state: Awaiting, event: Evaluation, settings: Settings): Decision {
  const { plan, vetoes } = again(state, event, settings);
  if (!plan) return moveTo(steady(state), 'approved-but-vetoed', vetoes);
  const because = {
    approval: state.approval,
    ...(state.requestedBy !== undefined && { requestedBy: state.requestedBy }),
  };
  return startRun(state, event, plan, `start-${state.kind}`, because);
}

export const onRequestDenied = (state: Awaiting): Decision => moveTo(steady(state), 'request-denied');

/** The same question on today's facts; that it is open is no reason against itself. */
function again(state: Awaiting, event: Evaluation, settings: Settings): Answer {
  const kind = state.kind as RequestKind;
  return answerTo({ kind, to: state.target }, factsOf(steady(state), event, settings));
}

const steady = (state: GroupState): GroupState => ({ ...settledOf(state), phase: 'steady' });

const factsOf = (state: GroupState, { at, evidence }: Evaluation, { shape, policy }: Settings): Facts => ({
  at,
  state,
  shape,
  policy,
  evidence,
});
