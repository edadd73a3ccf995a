import { hashOf, type RequestAnswer, type RequestBody } from '#libs/contracts';
import { answerTo, decide, vetoKind, type Decision, type Effect, type GroupEvent, type Veto } from '#libs/decision';
import { ApiError } from '../api/api-error.js';
import { recordDecision } from '../group/decision-record.js';
import { commands } from './commands.js';
import { actorOf, type Occasion, type Operation } from './operation.js';
import { knownSite } from './refusals.js';

/** Asks for a run by name: it starts, or waits for somebody else's approval, as the core decides. */
export const requestMove =
  (body: RequestBody): Operation<RequestAnswer> =>
  (occasion) => {
    const { group, view, evidence, fresh, caller, at } = occasion;
    const to = body.to === undefined ? undefined : knownSite(group, body.to);
    const request = { kind: body.kind, by: caller.name, ...(to && { to }), ...(body.as && { as: body.as }) };
    const event: GroupEvent = { kind: 'requested', at, request, evidence, fresh };
    const decision = decide(view.state, event, group.settings);
    const owed = startOf(decision);
    if (!owed) throw refused(body, decision.vetoes, occasion);
    const planHash = hashOf(owed.plan);
    if (body.planHash !== undefined && body.planHash !== planHash) throw planChanged(body, planHash, occasion);
    const said = { asked: { ...request, reason: body.reason } };
    return {
      answer: answerOf(body, owed, decision, occasion),
      write: (transaction) =>
        recordDecision(transaction, view, event, decision, {
          actor: actorOf(occasion),
          settings: group.settings,
          said,
        }),
    };
  };

type Start = Extract<Effect, { kind: 'start-run' | 'open-approval' }>;

const startOf = ({ effects }: Decision): Start | undefined =>
  effects.find((effect): effect is Start => effect.kind === 'start-run' || effect.kind === 'open-approval');

function answerOf(body: RequestBody, owed: Start, { vetoes }: Decision, { group, caller }: Occasion): RequestAnswer {
  const { id } = group;
  const common = { group: id, kind: body.kind, target: owed.plan.to, plan: owed.plan, planHash: hashOf(owed.plan) };
  if (owed.kind === 'start-run') {
    return { ...common, run: owed.run, vetoes, next: [commands.run(owed.run), commands.abort(id)] };
  }
  const next = [commands.approve(owed.approval, caller.name), commands.explain(id)];
  return { ...common, approval: owed.approval, vetoes, next };
}

/** Everything that stands in the way, and what ends the first of it. */
function refused({ kind, to }: RequestBody, vetoes: readonly Veto[], { group, ...occasion }: Occasion): ApiError {
  const facts = { ...group.settings, state: occasion.view.state, evidence: occasion.evidence, at: occasion.at };
  const { target, needsApproval } = answerTo({ kind, ...(to !== undefined && { to: knownSite(group, to) }) }, facts);
  const binding = needsApproval ? vetoes.filter(({ overridable }) => !overridable) : vetoes;
  const message = `A ${kind} of ${group.id}${target ? ` to ${target}` : ''} is refused: ${binding.map((veto) => veto.message).join('; ')}.`;
  const remedies = binding.map(({ name, overridable }) =>
    overridable ? `lift it by name: ${commands.override(group.id, name)}` : (vetoKind(name)?.instead ?? name),
  );
  return new ApiError(409, 'SB_REQUEST_REFUSED', message, remedies.join('; '), vetoes);
}

function planChanged({ kind }: RequestBody, planHash: string, { group }: Occasion): ApiError {
  const message = `A ${kind} of ${group.id} would be another plan than the one you read: ${planHash} now.`;
  return new ApiError(
    409,
    'SB_PLAN_CHANGED',
    message,
    `Read the plan again: ${commands.plan(group.id)} --kind ${kind}`,
  );
}
