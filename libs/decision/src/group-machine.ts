import {
  ask,
  askedOtherwise,
  calmDown,
  decline,
  declineUnanswered,
  lookAgain,
  observe,
  start,
  startApproved,
  startRequested,
  takeIn,
  unasked,
} from './group-rules.js';
import { quietly, row, silently, type GroupRow } from './group-row.js';
import { onRunAborted, onRunCompleted, release } from './homecoming.js';
import { except, type Machine } from './machine.js';
import type { Input, Place } from './perceive.js';
import { onRescued } from './rescue.js';

const PLACES: Readonly<Record<Place, string>> = {
  steady: 'nothing is owed',
  suspecting: 'the active cluster is down: the dwell runs, or a veto stands that nobody may lift',
  observed: 'mode `observe` has decided; nothing is done until the cluster is back',
  'awaiting-approval': 'the rules have asked people',
  'request-pending':
    'a person asked for a run and another one has to agree; the journal calls it `awaiting-approval` too',
  declined: 'a person said no to this incident',
  running: 'a run is open; its record says how far it is',
};

const INPUTS: Readonly<Record<Input, string>> = {
  well: 'the active cluster is not down',
  returned: 'neither is it, and a lost site answers: it can be taken in',
  returning: 'neither is it, and something else about a site on its way back is new',
  identified: 'neither is it, and what Kafka at a site calls itself is known from now on',
  dwelling: 'the active cluster is down, and the dwell has not passed',
  'would-go': 'the dwell has passed in mode `observe`, and nothing stands in the way',
  'would-be-vetoed': 'the dwell has passed in mode `observe`, and vetoes stand in the way',
  'would-have-no-target': 'the dwell has passed in mode `observe`, and no site may take over',
  blocked: 'the dwell has passed, and a veto stands that nobody may lift',
  'needs-approval': 'the dwell has passed in mode `approve`',
  'needs-approval-for-vetoes': 'the dwell has passed in mode `automatic`, and vetoes stand that a person may lift',
  clear: 'the dwell has passed in mode `automatic`, and nothing stands in the way',
  'in-line': 'it is clear, and other groups have to move first: three runs at a time, better tiers before the rest',
  expired: 'too few have answered in time',
  'expired-as-no': 'too few have answered in time, and the policy takes that for a no',
  'asked-otherwise': 'what people were asked is not what would be done now: another target, plan or veto, or more lag',
  overtaken: 'a planned move is asked for, and the active cluster went down',
  refused: 'a person asks for a run, and vetoes stand in the way',
  granted: 'a person asks for a run that is theirs to decide: a switchover',
  'needs-another-person': 'a person asks for a run that a second one has to agree to',
  'approved-and-clear': 'people agreed, and it can still be done',
  'approved-but-vetoed': 'people agreed, and a veto stands by now that nobody may lift',
  'approved-too-late': 'people agreed, and such a veto stood until the time of the approval was over',
  denied: 'a person said no',
  cancelled: 'whoever asked for it took it back',
  'answered-another': 'a person answered a question that is not the open one',
  released: 'a person says that a site was rebuilt by hand',
  rescued: 'a person says which site serves, after a survey of every resource',
  'run-completed': 'the open run has ended well, perhaps with exceptions',
  'run-aborted': 'the open run was taken back',
  'another-run-closed': 'a run has ended that is not the open one',
};

const BACK = ['returned', 'returning', 'identified'] as const;
const OBSERVED = ['would-go', 'would-be-vetoed', 'would-have-no-target'] as const;
/** The cluster is down, and the rules do not act. */
const STILL_DOWN = [
  'dwelling',
  ...OBSERVED,
  'blocked',
  'needs-approval',
  'needs-approval-for-vetoes',
  'in-line',
] as const;
const ANSWERS = [
  'approved-and-clear',
  'approved-but-vetoed',
  'approved-too-late',
  'denied',
  'cancelled',
  'answered-another',
] as const;
const OVER_TIME = ['expired', 'expired-as-no'] as const;
const CLOSINGS = ['run-completed', 'run-aborted', 'another-run-closed'] as const;

const CALM = ['steady', 'suspecting'] as const;
const DECIDING = [...CALM, 'observed'] as const;
const IDLE = [...DECIDING, 'declined'] as const;
const ASKED = ['awaiting-approval', 'request-pending'] as const;
const ALERTED = ['suspecting', 'observed', 'declined', 'awaiting-approval'] as const;

/** How a group moves. Within a phase and an input there is no order to know: each pair has one answer. */
export const GROUP: Machine<Place, Input, GroupRow> = {
  name: 'group',
  phases: PLACES,
  inputs: INPUTS,
  initial: 'steady',
  settled: ['steady'],
  rows: [
    row('active-*', ['steady'], ['well'], 'same'),
    row('start-quarantine', ['steady'], ['returned'], 'running', takeIn),
    quietly(row('cluster-first-seen', ['steady'], ['identified'], 'same', ({ seen }) => seen)),
    quietly(row('*', ['steady'], ['returning'], 'same', ({ seen }) => seen)),

    row('dwelling', CALM, ['dwelling'], 'suspecting'),
    row('would-have-no-target', CALM, ['would-have-no-target'], 'suspecting'),
    row('would-be-vetoed', CALM, ['would-be-vetoed'], 'observed', observe),
    row('would-fail-over', CALM, ['would-go'], 'observed', observe),
    row('waits-for-its-turn', DECIDING, ['in-line'], 'suspecting'),
    row('failover-vetoed', DECIDING, ['blocked'], 'suspecting'),
    row('ask-approval', DECIDING, ['needs-approval'], 'awaiting-approval', ask),
    row('ask-approval-because-vetoed', DECIDING, ['needs-approval-for-vetoes'], 'awaiting-approval', ask),
    row('start-failover', [...DECIDING, ...ASKED], ['clear'], 'running', start),
    row('suspicion-cleared-*', ALERTED, ['well'], 'steady', calmDown),

    quietly(row('approval-still-open', ['awaiting-approval'], STILL_DOWN, 'same', lookAgain)),
    row('approval-expired', ['awaiting-approval'], ['expired'], 'suspecting', unasked('suspecting', 'expired')),
    row('approval-expired-as-no', ['awaiting-approval'], ['expired-as-no'], 'declined', declineUnanswered),
    row('question-superseded', ['awaiting-approval'], ['asked-otherwise'], 'suspecting', askedOtherwise('suspecting')),
    row('approval-denied', ['awaiting-approval'], ['denied'], 'declined', decline),
    row('approved-failover-vetoed', ['awaiting-approval'], ['approved-but-vetoed'], 'same'),
    row('approved-in-vain', ['awaiting-approval'], ['approved-too-late'], 'suspecting'),
    row('start-approved-*', ASKED, ['approved-and-clear'], 'running', startApproved),
    row('approval-unknown', ASKED, ['answered-another'], 'same'),

    silently(row('request-refused', except(PLACES), ['refused'], 'same')),
    row('start-*', IDLE, ['granted'], 'running', startRequested),
    row('ask-approval-for-*', IDLE, ['needs-another-person'], 'request-pending', ask),
    quietly(row('request-still-open', ['request-pending'], ['well', ...STILL_DOWN], 'same', lookAgain)),
    row('request-expired', ['request-pending'], ['expired'], 'steady', unasked('steady', 'expired')),
    row(
      'request-overtaken',
      ['request-pending'],
      ['overtaken'],
      'suspecting',
      unasked('suspecting', 'superseded', 'the active cluster went down'),
    ),
    row('request-denied', ['request-pending'], ['denied'], 'steady'),
    row('request-cancelled', ['request-pending'], ['cancelled'], 'steady'),
    row('request-superseded', ['request-pending'], ['asked-otherwise'], 'steady', askedOtherwise('steady')),
    row('approved-but-vetoed', ['request-pending'], ['approved-but-vetoed'], 'steady'),

    row('site-released', IDLE, ['released'], 'same', ({ state, event }) => ({ state: release(state, event.site) })),
    row('start-rescue', except(PLACES), ['rescued'], 'running', ({ state, event }) => onRescued(state, event)),
    row('run-closed', ['running'], ['run-completed'], 'steady', ({ state, event }) => onRunCompleted(state, event)),
    row('run-aborted', ['running'], ['run-aborted'], 'steady', ({ state, event }) => onRunAborted(state, event)),
    silently(row('stale-run', ['running'], ['another-run-closed'], 'same')),
  ],
  ignored: [
    {
      in: [...ALERTED, 'request-pending'],
      on: BACK,
      because: 'clusters and sites on their way back are looked after in calm',
    },
    {
      in: ['running'],
      on: ['well', ...BACK, ...STILL_DOWN, 'clear', ...OVER_TIME, 'overtaken', 'asked-otherwise'],
      because: 'a run goes on whatever is seen meanwhile, and ends before anything else is decided',
    },
    {
      in: ['observed'],
      on: ['dwelling', ...OBSERVED],
      because: 'it was decided for this incident, which ends when the cluster is back',
    },
    {
      in: ['declined'],
      on: [...STILL_DOWN, 'clear'],
      because: 'a person said no for this incident, which ends when the cluster is back',
    },
    { in: IDLE, on: [...OVER_TIME, 'overtaken', 'asked-otherwise'], because: 'nobody was asked anything' },
    { in: ['request-pending'], on: ['expired-as-no'], because: 'what a person asked for just ends with its time' },
    { in: ['awaiting-approval'], on: ['cancelled'], because: 'what the rules ask nobody can take back' },
    { in: ['awaiting-approval'], on: ['overtaken'], because: 'the incident itself is what people were asked about' },
    { in: [...IDLE, 'running'], on: ANSWERS, because: 'nobody was asked anything, or the first answer has counted' },
    { in: ['request-pending'], on: ['approved-too-late'], because: 'a veto that stands has ended the request at once' },
    {
      in: [...ASKED, 'running'],
      on: ['granted', 'needs-another-person', 'released'],
      because: 'what is open comes first: vetoes `approval-open` and `run-active`, and a release that is refused',
    },
    { in: except(PLACES, 'running'), on: CLOSINGS, because: 'no run is open' },
  ],
};
