import type { Notification } from '#libs/contracts';
import type { SlackMessage } from './decision-message.js';
import { code, literal, plain } from './mrkdwn.js';

const MARK = { info: 'ℹ', warning: '⚠', critical: '🚨' } as const;
const LINES_MAX = 10;
const TEXT_MAX = 2_900;

/** Something that nobody has to answer: a message of its own, or a line in the thread of what it is about. Pure. */
export function noticeMessage({ severity, title, body, next }: Notification): SlackMessage {
  const lines = [
    `${MARK[severity]} *${literal(title)}*`,
    ...body.slice(0, LINES_MAX).map((line) => literal(line)),
    ...(body.length > LINES_MAX ? [`… and ${body.length - LINES_MAX} lines more`] : []),
    ...(next.length > 0 ? [next.map((command) => code(command)).join(' · ')] : []),
  ];
  const text = lines.reduce((all, line) => (all.length + line.length < TEXT_MAX ? `${all}\n${line}` : all));
  return {
    text: plain(`${MARK[severity]} ${title}`),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }],
  };
}
