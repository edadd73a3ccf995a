import type { ModalView } from '@slack/web-api';
import { z } from 'zod';
import { code, literal, moment, plain } from './mrkdwn.js';
import type { Question } from '../notification/question.js';

export const CONFIRM = 'signalbox-confirm';
const SITE = { block: 'site', action: 'typed' } as const;
const REASON = { block: 'reason', action: 'typed' } as const;

/** What a form is about: goes to Slack with it and comes back with its answer. */
export const FormWire = z.object({
  approval: z.string().min(1),
  planHash: z.string().min(1),
  decision: z.enum(['grant', 'deny']),
  target: z.string().min(1),
});
export type Form = Readonly<z.infer<typeof FormWire>>;

const Typed = z.object({ value: z.string().nullish() }).optional();
const StateWire = z.object({
  values: z.object({
    [SITE.block]: z.object({ [SITE.action]: Typed }).optional(),
    [REASON.block]: z.object({ [REASON.action]: Typed }).optional(),
  }),
});

/** Asks once more. To approve, the name of the site that will be active is typed: nobody does that by accident. Pure. */
export function confirmView(question: Question, decision: Form['decision']): ModalView {
  const { id, kind, group, target, planHash, expiresAt } = question;
  const what = `${literal(kind)} of ${code(group)} to ${code(target)}, plan ${code(planHash.slice(0, 12))}, until ${moment(expiresAt)}.`;
  const form: Form = { approval: id, planHash, decision, target };
  return {
    type: 'modal',
    callback_id: CONFIRM,
    private_metadata: JSON.stringify(form),
    title: { type: 'plain_text', text: decision === 'grant' ? 'Approve' : 'Deny', emoji: false },
    submit: { type: 'plain_text', text: decision === 'grant' ? 'Approve' : 'Deny', emoji: false },
    close: { type: 'plain_text', text: 'Back', emoji: false },
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: what, verbatim: true } },
      ...(decision === 'grant' ? [input(SITE, `Type ${plain(target, 60)}, the site that will be active`, false)] : []),
      input(REASON, 'Why? It stands in the audit', true),
    ],
  };
}

const input = ({ block, action }: typeof SITE | typeof REASON, label: string, optional: boolean) => ({
  type: 'input' as const,
  block_id: block,
  optional,
  label: { type: 'plain_text' as const, text: label, emoji: false },
  element: { type: 'plain_text_input' as const, action_id: action, max_length: 500 },
});

export type Filled =
  | { readonly ok: true; readonly form: Form; readonly reason: string | undefined }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** What somebody sent back; undefined when it is no form of ours. Pure. */
export function filled(privateMetadata: string, state: unknown): Filled | undefined {
  const form = FormWire.safeParse(parsed(privateMetadata));
  const given = StateWire.safeParse(state);
  if (!form.success || !given.success) return undefined;
  const { values } = given.data;
  const site = values[SITE.block]?.[SITE.action]?.value?.trim();
  const { decision, target } = form.data;
  if (decision === 'grant' && site !== target) {
    return { ok: false, errors: { [SITE.block]: `This is not ${target}. Nothing was sent.` } };
  }
  return { ok: true, form: form.data, reason: values[REASON.block]?.[REASON.action]?.value?.trim() || undefined };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
