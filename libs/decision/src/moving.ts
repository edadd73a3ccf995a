import type { Plan } from '#libs/domain';
import type { Effect, Evaluation, GroupEvent, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { verdictOf, type Situation, type Veto } from './veto.js';
import { targetOf } from './vetoes.js';

/** Where a rule leads: its name, and what stood in the way, are added by `decide`. */
export interface Next {
  readonly state: GroupState;
  readonly effects?: readonly Effect[];
  /** Without it: the vetoes that were seen on the way. */
  readonly vetoes?: readonly Veto[];
}

/** What every phase keeps. */
export function settledOf({ group, active, returning, knownAs, lastRunEndedAt, rule, vetoes }: GroupState) {
  return {
    group,
    active,
    returning,
    rule,
    vetoes,
    ...(knownAs && { knownAs }),
    ...(lastRunEndedAt !== undefined && { lastRunEndedAt }),
  };
}

export const steadied = (state: GroupState): Extract<GroupState, { phase: 'steady' }> => ({
  ...settledOf(state),
  phase: 'steady',
});

/** Nobody needs to answer any more. */
export const closing = (state: GroupState, outcome: 'superseded' | 'expired', because?: string): readonly Effect[] =>
  state.phase === 'awaiting-approval'
    ? [{ kind: 'close-approval', approval: state.approval, outcome, ...(because !== undefined && { because }) }]
    : [];

/** The group is in the hands of a run from here on. */
export function startRun(
  state: GroupState,
  { fresh }: Pick<Evaluation, 'fresh'>,
  plan: Plan,
  because: Pick<Extract<Effect, { kind: 'start-run' }>, 'approval' | 'requestedBy'> = {},
  lifted: readonly Veto[] = [],
): Required<Omit<Next, 'vetoes'>> {
  const { kind, from, to: target } = plan;
  return {
    state: { ...settledOf(state), phase: 'running', run: fresh.run, kind, from, target },
    effects: [
      { kind: 'start-run', run: fresh.run, plan, ...because },
      ...(lifted.length > 0 ? [{ kind: 'use-overrides', vetoes: lifted.map(({ name }) => name) } as const] : []),
    ],
  };
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
