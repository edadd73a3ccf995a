import { hashOf } from '#libs/contracts';
import {
  atRiskMs,
  planFor,
  targetOf,
  vetoesOnAsked,
  type Evidence,
  type Facts,
  type GroupState,
  type RequestKind,
  type Settings,
} from '#libs/decision';
import { MOVES, type Approval, type Instant } from '#libs/domain';

type Awaiting = Extract<GroupState, { phase: 'awaiting-approval' }>;

/** Lag that has grown by this much is another decision. */
const MUCH_MORE = 2;

/**
 * What is otherwise than when people were asked, in words; undefined while it is the same question. They are bound to what
 * they saw: to the target, to the plan, to everything that they would lift, and to about as much lag. Pure.
 */
export function changedSince(
  approval: Approval,
  state: GroupState,
  { at, evidence }: { readonly at: Instant; readonly evidence: Evidence },
  settings: Settings,
): string | undefined {
  if (state.phase !== 'awaiting-approval' || state.approval !== approval.id) return undefined;
  // Asked by a version that did not say what it had seen.
  if (approval.evidenceHash === '') return undefined;
  const facts: Facts = { at, state, evidence, ...settings };
  const vetoes = vetoesOnAsked(state, { at, evidence }, settings);
  // What nobody may lift keeps it from starting by itself, and may pass.
  if (vetoes.some(({ overridable }) => !overridable)) return otherTarget(approval, state, facts);
  return (
    otherTarget(approval, state, facts) ??
    otherPeople(approval, settings) ??
    newVeto(approval, vetoes) ??
    moreLag(approval, facts) ??
    otherPlan(approval, state, facts)
  );
}

/** Where the rules would move it; a person named the target themselves. */
function otherTarget({ target }: Approval, state: Awaiting, { shape }: Facts): string | undefined {
  if (state.requestedBy !== undefined) return undefined;
  const now = targetOf(state, shape);
  return now === undefined || now === target ? undefined : `the target would be ${now}, and not ${target}`;
}

function otherPeople({ required, approvers }: Approval, { policy }: Settings): string | undefined {
  const now = policy.approval;
  if (!now || (now.required === required && now.approvers.join() === approvers.join())) return undefined;
  return `signalbox.yaml asks other people now: ${now.required} of ${now.approvers.join(', ') || 'all who may approve'}`;
}

/** Whoever agrees lifts exactly what they read. */
function newVeto({ vetoes: read }: Approval, vetoes: ReturnType<typeof vetoesOnAsked>): string | undefined {
  const unread = vetoes.filter(({ name }) => read.every((veto) => veto.name !== name));
  return unread.length === 0 ? undefined : unread.map(({ name, message }) => `${name}: ${message}`).join('; ');
}

function moreLag({ kind, atRiskMs: askedMs }: Approval, facts: Facts): string | undefined {
  const { rpoMs } = facts.policy;
  const nowMs = atRiskMs(facts);
  if (!MOVES.includes(kind) || nowMs === undefined || askedMs === undefined) return undefined;
  if (nowMs <= MUCH_MORE * Math.max(askedMs, rpoMs)) return undefined;
  return `the lag has grown from ${askedMs} ms to ${nowMs} ms`;
}

/** Whether a lost site is waited for is a matter of the moment, and no other plan. */
function otherPlan({ kind, planHash }: Approval, { target, as }: Awaiting, facts: Facts): string | undefined {
  const asked = { kind: kind as RequestKind, ...(as && { as }) };
  const plans = [true, false].map((isLost) => hashOf(planFor(asked, facts, target, isLost)));
  return plans.includes(planHash) ? undefined : `the plan would be ${plans[1]}, and not ${planHash}`;
}
