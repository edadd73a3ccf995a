import { z } from 'zod';

/** Half a surrogate pair could not be hashed, so it must not get as far as the audit. */
const reason = z
  .string()
  .trim()
  .min(1, 'Say why: the reason stands in the audit.')
  .max(500)
  .refine((text) => text.isWellFormed(), 'Unicode without halves of surrogate pairs.');

/** POST /v1/groups/:group/freeze. Expires by itself, so that a forgotten freeze does not outlive its reason. */
export const FreezeBody = z.strictObject({
  reason,
  forMs: z
    .int()
    .positive()
    .max(7 * 86_400_000, 'A freeze lasts at most 7 days.'),
});
export type FreezeBody = z.infer<typeof FreezeBody>;

/** POST /v1/groups/:group/unfreeze */
export const UnfreezeBody = z.strictObject({ reason });
export type UnfreezeBody = z.infer<typeof UnfreezeBody>;

/** POST /v1/approvals/:approval/approve and …/deny */
export const AnswerBody = z.strictObject({
  reason: reason.optional(),
  /** Binds the answer to the plan that was read: refused when it is not the approval's. */
  planHash: z.string().min(1).optional(),
});
export type AnswerBody = z.infer<typeof AnswerBody>;
