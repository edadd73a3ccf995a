import { invariant, type Plan, type SalvageAs, type VerdictKind } from '#libs/domain';
import type { Evaluation, GroupEvent, Settings } from './decision.js';
import type { GroupState, Phase } from './group-state.js';
import { tendReturning, type Tended } from './homecoming.js';
import { identify, type Identified } from './identity.js';
import { activeVerdict, isDown, situationOf, steadied } from './moving.js';
import { answerTo, planFor, type Answer, type Facts, type RequestKind } from './request.js';
import { turnOf, type Turn } from './storm.js';
import type { Situation, Veto } from './veto.js';
import { vetoesOf, weighed } from './vetoes.js';

/** A phase, except that a question which a person's request has raised is told from one that the rules ask. */
export type Place = Phase | 'request-pending';

type In<P extends Phase> = Extract<GroupState, { phase: P }>;
export type Awaiting = In<'awaiting-approval'>;
type Event<K extends GroupEvent['kind']> = Extract<GroupEvent, { kind: K }>;

/** What an event means to the group's machine, with whatever was found out on the way. */
export type Seen =
  | { readonly input: 'well'; readonly kind: VerdictKind }
  | Tended
  | Identified
  | { readonly input: 'dwelling' }
  | { readonly input: 'would-go' | 'would-be-vetoed'; readonly target: GroupState['active']; readonly vetoes: Vetoes }
  | { readonly input: 'would-have-no-target' | 'blocked'; readonly vetoes: Vetoes }
  | { readonly input: 'needs-approval' | 'needs-approval-for-vetoes'; readonly plan: Plan; readonly vetoes: Vetoes }
  | { readonly input: 'clear'; readonly plan: Plan; readonly lifted: Vetoes; readonly turn: Turn | undefined }
  | { readonly input: 'in-line' }
  | { readonly input: 'expired' | 'expired-as-no' | 'overtaken' }
  | { readonly input: 'asked-otherwise'; readonly changed: string }
  | { readonly input: 'refused'; readonly vetoes: Vetoes }
  | {
      readonly input: 'granted' | 'needs-another-person';
      readonly plan: Plan;
      readonly requestedBy: string;
      /** Of a salvage. */
      readonly as?: SalvageAs;
      readonly vetoes: Vetoes;
      readonly lifted: Vetoes;
    }
  | { readonly input: 'approved-and-clear'; readonly plan: Plan; readonly lifted: Vetoes }
  | { readonly input: 'approved-but-vetoed' | 'approved-too-late'; readonly vetoes: Vetoes }
  | { readonly input: 'denied' | 'cancelled' | 'answered-another' }
  | { readonly input: 'released' | 'rescued' | 'run-completed' | 'run-aborted' | 'another-run-closed' };
type Vetoes = readonly Veto[];
/** When somebody looked, and at what. */
type Looked = Pick<Evaluation, 'at' | 'evidence'>;

export type Input = Seen['input'];

export const placeOf = (state: GroupState): Place =>
  state.phase === 'awaiting-approval' && state.requestedBy !== undefined ? 'request-pending' : state.phase;

/** Pure; total. */
export function perceive(state: GroupState, event: GroupEvent, settings: Settings): Seen {
  switch (event.kind) {
    case 'evaluated':
      return evaluated(state, event, settings);
    case 'requested':
      return requested(state, event, settings);
    case 'approved':
      return answers(state, event) ? approved(state, event, settings) : { input: 'answered-another' };
    case 'denied':
      return { input: answers(state, event) ? 'denied' : 'answered-another' };
    case 'cancelled':
      return { input: answers(state, event) ? 'cancelled' : 'answered-another' };
    case 'released':
      return { input: 'released' };
    case 'rescued':
      return { input: 'rescued' };
    case 'run-closed':
      return { input: closed(state, event) };
  }
}

const answers = (state: GroupState, event: Event<'approved' | 'denied' | 'cancelled'>): state is Awaiting =>
  state.phase === 'awaiting-approval' && state.approval === event.approval;

function closed(state: GroupState, { run, findings }: Event<'run-closed'>) {
  if (state.phase !== 'running' || state.run !== run) return 'another-run-closed';
  return findings.outcome === 'aborted' ? 'run-aborted' : 'run-completed';
}

function evaluated(state: GroupState, event: Event<'evaluated'>, settings: Settings): Seen {
  if (state.phase === 'awaiting-approval' && event.at >= state.expiresAt) return expired(state, settings);
  const changed = askedOtherwise(state, event);
  if (!isDown(state, event, settings)) {
    if (changed && placeOf(state) === 'request-pending') return changed;
    const tended =
      state.phase === 'steady'
        ? (identify(state, event, settings) ?? tendReturning(state, event, settings))
        : undefined;
    return tended ?? well(state, event, settings);
  }
  const isPlannedMove = placeOf(state) === 'request-pending' && (state as Awaiting).kind !== 'failover';
  if (isPlannedMove) return { input: 'overtaken' };
  const found = incident(state, event, settings);
  return changed && found.input !== 'clear' ? changed : found;
}

const askedOtherwise = (state: GroupState, { changed }: Pick<Event<'approved'>, 'changed'>) =>
  state.phase === 'awaiting-approval' && changed !== undefined
    ? ({ input: 'asked-otherwise', changed } as const)
    : undefined;

/** What a person asked for ends by itself; about an incident no answer may be one. */
function expired(state: Awaiting, { policy }: Settings): Seen {
  const isNo = state.requestedBy === undefined && policy.approval?.onTimeout === 'deny';
  return { input: isNo ? 'expired-as-no' : 'expired' };
}

const well = (state: GroupState, event: Evaluation, settings: Settings): Seen => ({
  input: 'well',
  kind: activeVerdict(state, event, settings)?.kind ?? 'blind',
});

/** The cluster is down: wait out the dwell, then act, ask, or say what stands in the way. */
function incident(state: GroupState, event: Evaluation, settings: Settings): Seen {
  const verdict = activeVerdict(state, event, settings);
  // Written so that a number which is none has not passed either.
  const hasPassed = verdict?.dwellMs !== undefined && verdict.failedForMs >= verdict.dwellMs;
  if (!hasPassed) return { input: 'dwelling' };
  const situation = situationOf(state, event, settings);
  const { target } = situation;
  const { standing: vetoes, lifted } = weighed(situation);
  const { mode } = settings.policy;
  if (mode === 'observe') {
    if (target === undefined) return { input: 'would-have-no-target', vetoes };
    return { input: vetoes.length > 0 ? 'would-be-vetoed' : 'would-go', target, vetoes };
  }
  if (vetoes.some(({ overridable }) => !overridable)) return { input: 'blocked', vetoes };
  const plan = failoverOf(situation);
  if (mode === 'approve') return { input: 'needs-approval', plan, vetoes };
  if (vetoes.length > 0) return { input: 'needs-approval-for-vetoes', plan, vetoes };
  const turn = turnOf(situation);
  return turn === 'later' ? { input: 'in-line' } : { input: 'clear', plan, lifted, turn };
}

function failoverOf(situation: Situation): Plan {
  invariant(situation.target, 'Without a target there is a veto that nobody can lift.');
  return planFor({ kind: 'failover' }, situation, situation.target);
}

function requested(state: GroupState, event: Event<'requested'>, settings: Settings): Seen {
  const { plan, vetoes, lifted, needsApproval } = answerTo(event.request, factsOf(state, event, settings));
  if (!plan || (!needsApproval && vetoes.length > 0)) return { input: 'refused', vetoes };
  const input = needsApproval ? 'needs-another-person' : 'granted';
  const { by: requestedBy, as } = event.request;
  return { input, plan, requestedBy, vetoes, lifted, ...(as !== undefined && { as }) };
}

/** Decided, and looked at once more before anything is done: facts may have changed while people thought. */
function approved(state: Awaiting, event: Event<'approved'>, settings: Settings): Seen {
  const changed = askedOtherwise(state, event);
  if (state.requestedBy !== undefined) {
    if (changed) return changed;
    const { plan, vetoes, lifted } = askedAgain(state, event, settings);
    return plan ? { input: 'approved-and-clear', plan, lifted } : { input: 'approved-but-vetoed', vetoes };
  }
  if (!isDown(state, event, settings)) return well(state, event, settings);
  if (changed) return changed;
  const situation = situationOf(state, event, settings);
  const { standing: vetoes, lifted } = weighed(situation);
  if (vetoes.every(({ overridable }) => overridable)) {
    return { input: 'approved-and-clear', plan: failoverOf(situation), lifted };
  }
  return { input: event.at >= state.expiresAt ? 'approved-too-late' : 'approved-but-vetoed', vetoes };
}

/** What stands in the way of what is asked, as of now. */
export function vetoesOnAsked(state: Awaiting, event: Looked, settings: Settings): readonly Veto[] {
  if (state.requestedBy !== undefined) return askedAgain(state, event, settings).vetoes;
  return vetoesOf(situationOf(state, event, settings));
}

/** The same question on today's facts; that it is open is no reason against itself. */
function askedAgain(state: Awaiting, event: Looked, settings: Settings): Answer {
  const kind = state.kind as RequestKind;
  return answerTo(
    { kind, to: state.target, ...(state.as && { as: state.as }) },
    factsOf(steadied(state), event, settings),
  );
}

const factsOf = (state: GroupState, { at, evidence }: Looked, { shape, policy }: Settings): Facts => ({
  at,
  state,
  shape,
  policy,
  evidence,
});
