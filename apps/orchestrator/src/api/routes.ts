import {
  AnswerBody,
  FreezeBody,
  OverrideBody,
  PlanQuery,
  ReasonBody,
  RequestBody,
  RescueBody,
  RescueQuery,
  SiteBody,
  SkipBody,
  SurveyBody,
} from '#libs/contracts';
import type { z } from 'zod';
import type { Permission } from './access.js';

/** One route of the API, as people and their tools are told of it. A test holds the controllers to this table. */
export interface Route {
  readonly method: 'get' | 'post';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly query?: z.ZodObject;
  /** Of the answer when all went well; 200 unless said otherwise. */
  readonly status?: number;
  /** Of the answer; JSON unless said otherwise. */
  readonly type?: string;
}

const GROUP = '/v1/groups/{group}';
const get = (path: string, summary: string, more: Partial<Route> = {}): Route => ({
  method: 'get',
  path,
  permission: 'read',
  summary,
  ...more,
});
const post = (path: string, permission: Permission, summary: string, body: z.ZodType, status?: number): Route => ({
  method: 'post',
  path,
  permission,
  summary,
  body,
  ...(status && { status }),
});

export const ROUTES: readonly Route[] = [
  get('/v1/status', 'Clusters with their verdicts, groups, guards, and what is missing.'),
  get('/v1/events', 'Everything as it happens, as server-sent events.', { type: 'text/event-stream' }),
  get('/v1/openapi.json', 'This document.'),
  get(`${GROUP}/explain`, 'Why a group stands where it stands, and what to type next.'),
  get(`${GROUP}/preflight`, 'Whether a group could be moved now, and what to mend first.'),
  get(`${GROUP}/plan`, 'Dry run: the plan and everything in its way. Touches nothing.', { query: PlanQuery }),
  get(`${GROUP}/plan/export`, 'The plan with lines to execute it by hand, signed.', { query: PlanQuery }),
  get(`${GROUP}/audit`, "The chain of a group's decisions."),
  get(`${GROUP}/audit/export`, 'The chain to be verified offline, signed.', { type: 'application/x-ndjson' }),
  post(
    `${GROUP}/requests`,
    'operate',
    'Asks for a run: it starts, or waits for somebody else to approve it.',
    RequestBody,
  ),
  post(`${GROUP}/abort`, 'operate', 'Takes the open run back, before its point of no return.', ReasonBody),
  post(`${GROUP}/override`, 'operate', 'Lifts one veto by its name, for one run that begins in time.', OverrideBody),
  post(`${GROUP}/attest`, 'approve', "A person's word that a site is off: as good as its fence.", SiteBody),
  post(`${GROUP}/release`, 'administer', 'Ends the quarantine of a site that was rebuilt by hand.', SiteBody),
  post(`${GROUP}/survey`, 'administer', 'Asks what every resource holds, and under which epoch.', SurveyBody, 201),
  get(`${GROUP}/rescue`, 'What a survey found, and where it disagrees with the journal.', { query: RescueQuery }),
  post(
    `${GROUP}/rescue`,
    'administer',
    'Makes journal and resources one again, on the word of a person.',
    RescueBody,
    201,
  ),
  post(`${GROUP}/freeze`, 'operate', 'Keeps a group from beginning anything, for a while.', FreezeBody, 201),
  post(`${GROUP}/unfreeze`, 'operate', 'Ends a freeze.', ReasonBody, 201),
  get('/v1/audit/sites/{site}/export', "The chain of what was asked of a site's orchestrators, signed.", {
    type: 'application/x-ndjson',
  }),
  get('/v1/audit/checkpoints', 'Where every chain ended, as the sites signed it, one a line.', {
    type: 'application/x-ndjson',
  }),
  get('/v1/runs', 'All runs, latest first.'),
  get('/v1/runs/{run}', 'A run with its steps and what each of them read back.'),
  post('/v1/runs/{run}/abort', 'operate', 'As abort of its group, for this very run.', ReasonBody),
  post('/v1/runs/{run}/retry', 'operate', 'Tries again what a run stopped at.', ReasonBody),
  post('/v1/runs/{run}/skip', 'operate', 'Takes a step out of a run.', SkipBody),
  get('/v1/approvals', 'Open and answered approvals, latest first.'),
  post('/v1/approvals/{approval}/approve', 'approve', 'Says yes. Nobody answers what they asked for.', AnswerBody),
  post('/v1/approvals/{approval}/deny', 'approve', 'Says no.', AnswerBody),
];
