import { z } from 'zod';
import { SalvageAsWire } from './salvage.js';

const HOUR_MS = 3_600_000;

/** Half a surrogate pair could not be hashed, so it must not get as far as the audit. */
const reason = z
  .string()
  .trim()
  .min(1, 'Say why: the reason stands in the audit.')
  .max(500)
  .refine((text) => text.isWellFormed(), 'Unicode without halves of surrogate pairs.');
const name = z.string().min(1).max(200);
const durationMs = z.int().positive();
const planHash = z.string().min(1);

/** POST /v1/groups/:group/freeze. Expires by itself, so that a forgotten freeze does not outlive its reason. */
export const FreezeBody = z.strictObject({
  reason,
  forMs: durationMs.max(7 * 24 * HOUR_MS, 'A freeze lasts at most 7 days.'),
});
export type FreezeBody = z.infer<typeof FreezeBody>;

/** What needs nothing but a reason: unfreeze, abort a run, try it again. */
export const ReasonBody = z.strictObject({ reason });
export type ReasonBody = z.infer<typeof ReasonBody>;

/** POST /v1/approvals/:approval/approve and …/deny */
export const AnswerBody = z.strictObject({
  reason: reason.optional(),
  /** Binds the answer to the plan that was read: refused when it is not the approval's. */
  planHash: planHash.optional(),
});
export type AnswerBody = z.infer<typeof AnswerBody>;

const answer = {
  ...AnswerBody.shape,
  decision: z.enum(['grant', 'deny']),
  /** Decides alone: needs a reason and an admin, or a member of a group in approval.breakGlass; a review is owed. */
  breakGlass: z.boolean().optional(),
};

/** POST /v1/approvals/:approval/answers. Says no error when something else was first: `outcome` does. */
export const GivenAnswerBody = z.strictObject({ ...answer, channel: z.enum(['api', 'cli']).default('api') });
export type GivenAnswerBody = z.input<typeof GivenAnswerBody>;

const slackId = z.string().regex(/^[A-Z][A-Z0-9]{2,20}$/, "one of Slack's ids");

/** Somebody in Slack, by ids that Slack made. Who they are to Signalbox, signalbox.yaml says, and nobody who sends this. */
export const SlackPersonWire = z.strictObject({
  team: slackId,
  user: slackId,
  /** Slack's user groups that they are in, as Slack says. */
  userGroups: z.array(slackId).max(50).default([]),
});
export type SlackPerson = Readonly<z.output<typeof SlackPersonWire>>;

const relayed = {
  person: SlackPersonWire,
  /** Ids and times by which it can be found again in Slack; they stand in the audit. */
  details: z
    .record(z.string().min(1).max(40), z.string().max(300))
    .refine((details) => Object.keys(details).length <= 10, 'at most 10 details')
    .refine((details) => Object.values(details).every((text) => text.isWellFormed()), 'well-formed texts')
    .default({}),
};

/** POST /v1/approvals/:approval/relayed-answers: what somebody said in Slack. Nobody breaks the glass from there. */
export const RelayedAnswerBody = z.strictObject({ ...AnswerBody.shape, decision: answer.decision, ...relayed });
export type RelayedAnswerBody = z.input<typeof RelayedAnswerBody>;

/** POST /v1/groups/:group/relayed-freezes: a freeze that somebody asked for in Slack. */
export const RelayedFreezeBody = z.strictObject({ ...FreezeBody.shape, ...relayed });
export type RelayedFreezeBody = z.input<typeof RelayedFreezeBody>;

/** POST /v1/approval-tokens: an answer that was signed offline; its signature is all the login it needs. */
export const TokenBody = z.strictObject({ token: z.string().trim().min(1).max(4_096) });
export type TokenBody = z.infer<typeof TokenBody>;

/** POST /v1/approvals/:approval/review: what somebody found who looked at what one person decided for all. */
export const ReviewBody = z.strictObject({ note: reason });
export type ReviewBody = z.infer<typeof ReviewBody>;

/** What a person may ask for by name. */
export const RequestKindWire = z.enum(['failover', 'switchover', 'failback', 'reprotect', 'salvage']);
export type RequestKind = z.infer<typeof RequestKindWire>;

/** POST /v1/groups/:group/requests */
export const RequestBody = z.strictObject({
  kind: RequestKindWire,
  /** Where to; the site that returns, for a reprotect or a salvage. Without it: what the rules would choose. */
  to: name.optional(),
  /** What becomes of stranded records, for a salvage; quarantined unless said. */
  as: SalvageAsWire.optional(),
  reason,
  /** Binds the request to the plan that was read: refused when it would be another one now. */
  planHash: planHash.optional(),
});
export type RequestBody = z.infer<typeof RequestBody>;

/** Query of GET /v1/groups/:group/plan and …/plan/export */
export const PlanQuery = z.strictObject({
  kind: RequestKindWire.default('failover'),
  to: name.optional(),
  as: SalvageAsWire.optional(),
});
export type PlanQuery = z.infer<typeof PlanQuery>;

/** Query of GET /v1/groups/:group/forecast */
export const ForecastQuery = z.strictObject({ to: name.optional() });
export type ForecastQuery = z.infer<typeof ForecastQuery>;

/** POST /v1/groups/:group/override. Ends with the run that needs it or by itself: a veto that stands has to be dealt with. */
export const OverrideBody = z.strictObject({
  veto: name,
  reason,
  forMs: durationMs.max(24 * HOUR_MS, 'An override lasts at most 24 hours.'),
});
export type OverrideBody = z.infer<typeof OverrideBody>;

/** POST /v1/groups/:group/attest and …/release */
export const SiteBody = z.strictObject({ site: name, reason });
export type SiteBody = z.infer<typeof SiteBody>;

/** POST /v1/groups/:group/survey: what do the resources hold, seen from the site that is thought to be active? */
export const SurveyBody = z.strictObject({ active: name, reason });
export type SurveyBody = z.infer<typeof SurveyBody>;

/** Query of GET /v1/groups/:group/rescue */
export const RescueQuery = z.strictObject({ survey: name, active: name });
export type RescueQuery = z.infer<typeof RescueQuery>;

/** POST /v1/groups/:group/rescue */
export const RescueBody = z.strictObject({
  survey: name,
  /** The site that serves from now on. */
  active: name,
  /** A person's word for everything that could not be read; stands in the audit. */
  attest: reason,
  /** The hash of the findings that were read: refused when they are others now. */
  confirm: planHash,
});
export type RescueBody = z.infer<typeof RescueBody>;

/** POST /v1/notification-tests: of one channel, or of every one. */
export const NotificationTestBody = z.strictObject({ channel: name.optional() });
export type NotificationTestBody = z.infer<typeof NotificationTestBody>;

/** POST /v1/runs/:run/skip */
export const SkipBody = z.strictObject({ step: name, reason });
export type SkipBody = z.infer<typeof SkipBody>;

/**
 * Header of any POST: the same key with the same body is answered as it was the first time, for a day. 8 to 128
 * characters that need no quoting in a URL.
 */
export const IDEMPOTENCY_KEY = 'idempotency-key';
/** Header of an answer that was given before. */
export const IDEMPOTENCY_REPLAYED = 'idempotency-replayed';
export const IdempotencyKeyWire = z
  .string()
  .regex(/^[A-Za-z0-9_.~-]{8,128}$/, '8 to 128 letters, digits, or any of - _ . ~');
