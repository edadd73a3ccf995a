import { onRequest, onRequestApproved, onRequestDenied, whileRequestIsAsked } from './asking.js';
import type { Decision, GroupEvent, Settings } from './decision.js';
import type { GroupState, Phase } from './group-state.js';
import { onRunClosed, release, tendReturning } from './homecoming.js';
import { calmDown, onDown, onFailoverApproved, suspect, whileFailoverIsAsked } from './incident.js';
import { onRescued } from './rescue.js';
import { activeVerdict, isDown, moveTo, settledOf, stay } from './moving.js';

type Kind = GroupEvent['kind'];
type Rule<P extends Phase, K extends Kind> = (
  state: Extract<GroupState, { phase: P }>,
  event: Extract<GroupEvent, { kind: K }>,
  settings: Settings,
) => Decision;

/** Every phase is listed; an event that a phase does not list leaves the state as it is. */
type Transitions = { readonly [P in Phase]: { readonly [K in Kind]?: Rule<P, K> } };

const TRANSITIONS: Transitions = {
  steady: {
    evaluated: (state, event, settings) => {
      const kind = activeVerdict(state, event, settings)?.kind ?? 'blind';
      if (kind === 'down') return onDown(suspect(state), event, settings);
      return tendReturning(state, event, settings) ?? stay(state, `active-${kind}`);
    },
    requested: onRequest,
    released: (state, { site }) => release(state, site),
    rescued: onRescued,
  },
  suspecting: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? onDown(state, event, settings) : calmDown(state, event, settings),
    requested: onRequest,
    released: (state, { site }) => release(state, site),
    rescued: onRescued,
  },
  observed: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? stay(state, state.rule) : calmDown(state, event, settings),
    requested: onRequest,
    rescued: onRescued,
  },
  declined: {
    evaluated: (state, event, settings) =>
      isDown(state, event, settings) ? stay(state, state.rule) : calmDown(state, event, settings),
    requested: onRequest,
    released: (state, { site }) => release(state, site),
    rescued: onRescued,
  },
  'awaiting-approval': {
    evaluated: (state, event, settings) =>
      state.requestedBy === undefined
        ? whileFailoverIsAsked(state, event, settings)
        : whileRequestIsAsked(state, event, settings),
    approved: (state, event, settings) => {
      if (event.approval !== state.approval) return stay(state, 'approval-unknown');
      return state.requestedBy === undefined
        ? onFailoverApproved(state, event, settings)
        : onRequestApproved(state, event, settings);
    },
    denied: (state, event) => {
      if (event.approval !== state.approval) return stay(state, 'approval-unknown');
      if (state.requestedBy !== undefined) return onRequestDenied(state);
      return moveTo({ ...settledOf(state), phase: 'declined', approval: state.approval }, 'approval-denied');
    },
    requested: onRequest,
    rescued: onRescued,
  },
  running: {
    'run-closed': (state, event) => (event.run === state.run ? onRunClosed(state, event) : stay(state, 'stale-run')),
    requested: onRequest,
    rescued: onRescued,
  },
};

/** Pure: no clock, no randomness, no I/O. The same inputs give the same decision for ever. */
export function decide(state: GroupState, event: GroupEvent, settings: Settings): Decision {
  const rule = TRANSITIONS[state.phase][event.kind] as Rule<Phase, Kind> | undefined;
  return rule?.(state, event, settings) ?? stay(state, state.rule);
}
