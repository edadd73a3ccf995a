import type { Case, CaseOf } from './group-row.js';
import { closing, settledOf, startRun, steadied, type Next } from './moving.js';
import { vetoesOnAsked, type Place } from './perceive.js';

/** What the rows of the group's table do, where that is more than to enter a phase. All pure. */

type Asked = 'awaiting-approval' | 'request-pending';

export const takeIn = ({ state, event, seen }: CaseOf<'steady', 'returned'>): Next => startRun(state, event, seen.plan);

/** The rules act by themselves: nobody needs to answer any more, and the other groups see whose turn it is. */
export function start({ state, event, seen: { plan, lifted, turn } }: CaseOf<Place, 'clear'>): Next {
  const { state: running, effects } = startRun(state, event, plan, {}, lifted);
  const taken = turn === undefined ? [] : [{ kind: 'take-turn', run: event.fresh.run, turn } as const];
  return {
    state: running,
    effects: [
      ...effects,
      ...taken,
      ...closing(state, 'superseded', 'nothing stands in the way any more, and the rules act by themselves'),
    ],
  };
}

export const startRequested = ({ state, event, seen }: CaseOf<Place, 'granted'>): Next =>
  startRun(state, event, seen.plan, { requestedBy: seen.requestedBy }, seen.lifted);

export function startApproved({ state, event, seen }: CaseOf<Asked, 'approved-and-clear'>): Next {
  const { approval, requestedBy } = state;
  const because = { approval, ...(requestedBy !== undefined && { requestedBy }) };
  return startRun(state, event, seen.plan, because, seen.lifted);
}

/** Opens a question to people; the state waits for its answer. */
export function ask(at: CaseOf<Place, 'needs-approval' | 'needs-approval-for-vetoes' | 'needs-another-person'>): Next {
  const { state, event, seen, settings } = at;
  const { plan, vetoes } = seen;
  const question = {
    approval: event.fresh.approval,
    target: plan.to,
    ...('as' in seen && seen.as !== undefined && { as: seen.as }),
    expiresAt: (event.at + settings.policy.approvalTtlMs) as typeof event.at,
    ...('requestedBy' in seen && { requestedBy: seen.requestedBy }),
  };
  return {
    state: { ...settledOf(state), phase: 'awaiting-approval', kind: plan.kind, ...question },
    effects: [{ kind: 'open-approval', plan, vetoes, ...question }],
  };
}

/** The question stays; what stands in the way may be other vetoes by now. */
export const lookAgain = ({ state, event, settings }: Omit<CaseOf<Asked, 'well'>, 'seen'>): Next => ({
  state,
  vetoes: vetoesOnAsked(state, event, settings),
});

/** The question is over, and the group is where it would be without it. */
export const unasked =
  (phase: 'steady' | 'suspecting', outcome: 'superseded' | 'expired', because?: string) =>
  ({ state }: Pick<Case, 'state'>): Next => ({
    state: { ...settledOf(state), phase },
    effects: closing(state, outcome, because),
  });

/** People were asked about something else than what would be done now; what they answered meanwhile stays what it is. */
export const askedOtherwise =
  (phase: 'steady' | 'suspecting') =>
  ({ state, event, seen: { changed } }: CaseOf<Asked, 'asked-otherwise'>): Next => ({
    state: { ...settledOf(state), phase },
    effects: event.kind === 'approved' ? [] : closing(state, 'superseded', changed),
  });

/** An answer that came in the meantime stays what it is. */
export const calmDown = ({ state, event, seen }: CaseOf<Place, 'well'>): Next => ({
  state: steadied(state),
  effects: event.kind === 'approved' ? [] : closing(state, 'superseded', `the active cluster is ${seen.kind}`),
});

export const observe = ({ state, seen: { target } }: CaseOf<Place, 'would-go' | 'would-be-vetoed'>): Next => ({
  state: { ...settledOf(state), phase: 'observed', target },
});

/** No answer in time is a no, where the group's policy says so. */
export const declineUnanswered = ({ state }: CaseOf<'awaiting-approval', 'expired-as-no'>): Next => ({
  state: { ...settledOf(state), phase: 'declined', approval: state.approval },
  effects: closing(state, 'expired'),
});

export const decline = ({ state }: CaseOf<'awaiting-approval', 'denied'>): Next => ({
  state: { ...settledOf(state), phase: 'declined', approval: state.approval },
});
