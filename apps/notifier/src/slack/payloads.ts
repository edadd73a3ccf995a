import { z } from 'zod';

/** What Slack sends when somebody does something, as far as it is read here. */

const id = z.string().min(1).max(200);

export const ClickWire = z.object({
  type: z.literal('block_actions'),
  team: z.object({ id }),
  user: z.object({ id }),
  trigger_id: id,
  actions: z.array(z.object({ action_id: z.string(), value: z.string().max(2_000).optional() })).min(1),
  container: z.object({ message_ts: z.string().optional() }).optional(),
});
export type Click = z.infer<typeof ClickWire>;

export const SubmissionWire = z.object({
  type: z.literal('view_submission'),
  team: z.object({ id }),
  user: z.object({ id }),
  view: z.object({ id, callback_id: z.string(), private_metadata: z.string().max(3_000), state: z.unknown() }),
});
export type Submission = z.infer<typeof SubmissionWire>;

export const CommandWire = z.object({
  team_id: id,
  user_id: id,
  command: z.string(),
  text: z.string().max(4_000).default(''),
  trigger_id: id,
  response_url: z.string().max(2_000).optional(),
});
export type Command = z.infer<typeof CommandWire>;

/** What people may say to an approval, by the word for it. */
export const DECISIONS = { approve: 'grant', deny: 'deny' } as const;
export type Verb = keyof typeof DECISIONS;
export const isVerb = (word: string): word is Verb => Object.hasOwn(DECISIONS, word);
