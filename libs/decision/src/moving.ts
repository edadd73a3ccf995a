import type { ApprovalId, Plan } from '#libs/domain';
import type { Decision, Effect, Evaluation, GroupEvent, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { targetOf, verdictOf, type Situation, type Veto } from './vetoes.js';

/** What every phase keeps. */
export function settledOf({ group, active, returning, lastRunEndedAt, rule, vetoes }: GroupState) {
  return { group, active, returning, rule, vetoes, ...(lastRunEndedAt !== undefined && { lastRunEndedAt }) };
}

/** The same phase; the rule is what changed, if anything did. */
export const stay = (state: GroupState, rule: string, vetoes: readonly Veto[] = []): Decision =>
  moveTo(state, rule, vetoes);

export const moveTo = (state: GroupState, rule: string, vetoes: readonly Veto[] = []): Decision => ({
  state: { ...state, rule, vetoes: vetoes.map((veto) => veto.name) },
  effects: [],
  rule,
  vetoes,
});

export const withEffect = (decision: Decision, effect: Effect): Decision => ({
  ...decision,
  effects: [...decision.effects, effect],
});

export const closeApproval = (approval: ApprovalId, outcome: 'superseded' | 'expired'): Effect => ({
  kind: 'close-approval',
  approval,
  outcome,
});

/** The group is in the hands of a run from here on. */
export function startRun(
  state: GroupState,
  { fresh }: Pick<Evaluation, 'fresh'>,
  plan: Plan,
  rule: string,
  because: { readonly approval?: ApprovalId; readonly requestedBy?: string } = {},
): Decision {
  const { kind, from, to: target } = plan;
  const running = { ...settledOf(state), phase: 'running', run: fresh.run, kind, from, target } as const;
  return withEffect(moveTo(running, rule), { kind: 'start-run', run: fresh.run, plan, ...because });
}

export const situationOf = (
  state: GroupState,
  event: Pick<Evaluation, 'at' | 'evidence'>,
  { shape, policy }: Settings,
): Situation => ({ at: event.at, state, shape, policy, evidence: event.evidence, target: targetOf(state, shape) });

export const activeVerdict = (state: GroupState, { evidence }: Pick<Evaluation, 'evidence'>, { shape }: Settings) =>
  verdictOf(evidence, shape, state.active);

export const isDown = (state: GroupState, event: Evaluation, settings: Settings): boolean =>
  activeVerdict(state, event, settings)?.kind === 'down';

export type Closed = Extract<GroupEvent, { kind: 'run-closed' }>;
