import {
  AnswerBody,
  ForecastQuery,
  FreezeBody,
  GivenAnswerBody,
  NotificationTestBody,
  OverrideBody,
  PlanQuery,
  ReasonBody,
  RelayedAnswerBody,
  RelayedFreezeBody,
  RequestBody,
  RescueBody,
  RescueQuery,
  ReviewBody,
  SiteBody,
  SkipBody,
  SurveyBody,
  TokenBody,
  type AnswerName,
} from '#libs/contracts';
import type { z } from 'zod';
import type { Need } from './access.js';

/** One route of the API, as people and their tools are told of it. A test holds the controllers to this table. */
export interface Route {
  readonly method: 'get' | 'post';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly permission: Need;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  /** Of the answer when all went well; 200 unless said otherwise. */
  readonly status?: number;
  /** What it answers with as JSON; without it the answer is of another `type`. */
  readonly answer?: AnswerName;
  readonly type?: string;
}

const GROUP = '/v1/groups/{group}';
const LINES = 'application/x-ndjson';

type More = Pick<Route, 'query' | 'type'>;

const get = (path: string, summary: string, answer?: AnswerName, more: More = {}): Route => ({
  method: 'get',
  path,
  permission: 'read',
  summary,
  ...(answer && { answer }),
  ...more,
});
const post = (
  path: string,
  permission: Need,
  summary: string,
  body: z.ZodType,
  answer: AnswerName,
  status = 200,
): Route => ({ method: 'post', path, permission, summary, body, answer, status });

export const ROUTES: readonly Route[] = [
  get('/v1/status', 'Clusters with their verdicts, groups, guards, and what is missing.', 'Status'),
  get('/v1/events', 'Everything as it happens; Last-Event-ID goes on where a listener left off.', undefined, {
    type: 'text/event-stream',
  }),
  get('/v1/openapi.json', 'This document.', undefined, { type: 'application/json' }),
  get(`${GROUP}/explain`, 'Why a group stands where it stands, and what to type next.', 'Explanation'),
  get(`${GROUP}/preflight`, 'Whether a group could be moved now, and what to mend first.', 'Preflight'),
  get(
    `${GROUP}/forecast`,
    'If it failed over now: what that would cost, how long it takes, what is in its way.',
    'Forecast',
    {
      query: ForecastQuery,
    },
  ),
  get(`${GROUP}/plan`, 'Dry run: the plan and everything in its way. Touches nothing.', 'DryRun', { query: PlanQuery }),
  get(`${GROUP}/plan/export`, 'The plan with lines to execute it by hand, signed.', 'PlanExport', { query: PlanQuery }),
  get(`${GROUP}/audit`, "The chain of a group's decisions.", 'Audit'),
  get(`${GROUP}/audit/export`, 'The chain to be verified offline, signed.', undefined, { type: LINES }),
  post(
    `${GROUP}/requests`,
    'operate',
    'Asks for a run: it starts, or waits for somebody else to approve it.',
    RequestBody,
    'Request',
  ),
  post(`${GROUP}/abort`, 'operate', 'Takes the open run back, before its point of no return.', ReasonBody, 'RunChange'),
  post(
    `${GROUP}/override`,
    'operate',
    'Lifts one veto by its name, for one run that begins in time.',
    OverrideBody,
    'Override',
  ),
  post(
    `${GROUP}/attest`,
    'approve',
    "A person's word that a site is off: as good as its fence.",
    SiteBody,
    'Attestation',
  ),
  post(
    `${GROUP}/release`,
    'administer',
    'Ends the quarantine of a site that was rebuilt by hand.',
    SiteBody,
    'Release',
  ),
  post(
    `${GROUP}/survey`,
    'administer',
    'Asks what every resource holds, and under which epoch.',
    SurveyBody,
    'Survey',
    201,
  ),
  get(`${GROUP}/rescue`, 'What a survey found, and where it disagrees with the journal.', 'RescueFindings', {
    query: RescueQuery,
  }),
  post(
    `${GROUP}/rescue`,
    'administer',
    'Makes journal and resources one again, on the word of a person.',
    RescueBody,
    'Rescue',
    201,
  ),
  post(`${GROUP}/freeze`, 'operate', 'Keeps a group from beginning anything, for a while.', FreezeBody, 'Freeze', 201),
  post(
    `${GROUP}/relayed-freezes`,
    'relay',
    'Hands in a freeze that somebody asked for in Slack; they need the role for it.',
    RelayedFreezeBody,
    'Freeze',
    201,
  ),
  post(`${GROUP}/unfreeze`, 'operate', 'Ends a freeze.', ReasonBody, 'Unfreeze', 201),
  get('/v1/audit/sites/{site}/export', "The chain of what was asked of a site's orchestrators, signed.", undefined, {
    type: LINES,
  }),
  get('/v1/audit/checkpoints', 'Where every chain ended, as the sites signed it, one a line.', undefined, {
    type: LINES,
  }),
  post(
    '/v1/notification-tests',
    'operate',
    'Has the notifier try every channel, or one of them.',
    NotificationTestBody,
    'NotificationTest',
  ),
  get('/v1/notification-tests/{test}', 'What came of each channel so far.', 'NotificationTest'),
  get('/v1/runs', 'All runs, latest first.', 'Runs'),
  get('/v1/runs/{run}', 'A run with its steps and what each of them read back.', 'Run'),
  post('/v1/runs/{run}/abort', 'operate', 'As abort of its group, for this very run.', ReasonBody, 'RunChange'),
  post('/v1/runs/{run}/retry', 'operate', 'Tries again what a run stopped at.', ReasonBody, 'RunChange'),
  post('/v1/runs/{run}/skip', 'operate', 'Takes a step out of a run.', SkipBody, 'RunChange'),
  get('/v1/approvals', 'Open and answered approvals, latest first.', 'Approvals'),
  post(
    '/v1/approvals/{approval}/approve',
    'approve',
    'Says yes. Nobody answers what they asked for.',
    AnswerBody,
    'Approval',
  ),
  post('/v1/approvals/{approval}/deny', 'approve', 'Says no.', AnswerBody, 'Approval'),
  post(
    '/v1/approvals/{approval}/answers',
    'approve',
    'Says yes or no, or decides alone. When something else was first, the outcome says so.',
    GivenAnswerBody,
    'Approval',
  ),
  post(
    '/v1/approvals/{approval}/relayed-answers',
    'relay',
    'Hands in what somebody said in Slack, by their ids: who they are to Signalbox, signalbox.yaml says.',
    RelayedAnswerBody,
    'Approval',
  ),
  post(
    '/v1/approval-tokens',
    'signature',
    'Takes an answer that was signed offline. Its signature is all the login it needs; it counts once.',
    TokenBody,
    'Approval',
  ),
  post(
    '/v1/approvals/{approval}/cancel',
    'operate',
    'Takes back what the same person asked for.',
    ReasonBody,
    'Approval',
  ),
  post(
    '/v1/approvals/{approval}/review',
    'approve',
    'Closes what is owed after somebody decided alone; by somebody else.',
    ReviewBody,
    'Approval',
  ),
];
