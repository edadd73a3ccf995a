import type { KnownBlock } from '@slack/web-api';
import type { AtRisk, Briefing } from './briefing.js';
import { code, literal, mention, moment, plain } from './mrkdwn.js';
import { isOpen, isUndecided, type Question } from '../notification/question.js';

/** What Slack is given: `text` is for phones, for readers of screens, and for what cannot show blocks. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

export const ACTION = { approve: 'signalbox-approve', deny: 'signalbox-deny' } as const;
/** Slack takes 3000 characters in one section. */
const SECTION_MAX = 2_900;
const LINES_MAX = 12;

export interface Asked {
  readonly question: Question;
  readonly briefing: Briefing;
  /** Slack ids by the names of people. */
  readonly slackIdOf: ReadonlyMap<string, string>;
  readonly nowMs: number;
}

/** The one message of a decision, as it stands now: a question with buttons, or who decided when. Pure. */
export function decisionMessage(asked: Asked): SlackMessage {
  const { question, briefing } = asked;
  const title = titleOf(question, briefing);
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: plain(title), emoji: false } },
    ...section(
      'Why',
      briefing.why.map((line) => literal(line)),
    ),
    ...section('At risk', costLines(briefing)),
    ...section(
      'In the way, lifted by whoever approves',
      question.vetoes.map(({ name, message }) => `${code(name)} ${literal(message)}`),
    ),
    ...section(
      'What changes',
      briefing.changes.map(({ of, before, after }) => `${literal(of)}: ${code(before)} → ${code(after)}`),
    ),
    ...outcome(asked),
    { type: 'context', elements: [mrkdwn(footer(question))] },
  ];
  return { text: plain(`${title} – ${stateText(asked)}`), blocks };
}

const titleOf = ({ kind, group, target }: Question, { from }: Briefing): string =>
  from === undefined ? `${kind} of ${group} to ${target}` : `${kind} of ${group} from ${from} to ${target}`;

/** A planned move loses nothing, so it says nothing of loss. */
function costLines({ cost, from }: Briefing): readonly string[] {
  if (from === undefined) return [];
  return cost.length > 0 ? cost.map(riskText) : ['Nobody knows how far replication had come.'];
}

const riskText = ({ flow, records, ms, sampleAgeMs }: AtRisk): string =>
  `${literal(flow)}: *${records} records*, *${seconds(ms)}* behind; sample ${seconds(sampleAgeMs)} old`;

function outcome(asked: Asked): KnownBlock[] {
  const { question, nowMs } = asked;
  const lines = [
    ...question.answers.map(
      ({ by, decision, at, reason }) =>
        `${decision === 'grant' ? 'Yes' : 'No'} by ${who(asked, by)} ${moment(at)}${reason ? `: ${literal(reason)}` : ''}`,
    ),
    stateText(asked, true),
  ];
  const state: KnownBlock[] = [{ type: 'section', text: mrkdwn(lines.join('\n').slice(0, SECTION_MAX)) }];
  return isOpen(question, nowMs) ? [...state, buttons(question)] : state;
}

/** With marks, who and when stand as Slack shows people and times. */
function stateText(asked: Asked, marked = false): string {
  const { question, nowMs } = asked;
  const at = (ms: number) => (marked ? moment(ms) : `${new Date(ms).toISOString().slice(11, 19)} UTC`);
  if (isOpen(question, nowMs)) {
    const { required, answers, expiresAt } = question;
    const yes = new Set(answers.filter(({ decision }) => decision === 'grant').map(({ by }) => by)).size;
    return `Waits for ${required - yes} of ${required} to approve, until ${at(expiresAt)}`;
  }
  const { phase, decidedBy, decidedAt, expiresAt } = question;
  const by = decidedBy === undefined ? '' : ` by ${marked ? who(asked, decidedBy) : decidedBy}`;
  const said = isUndecided(question) ? 'expired' : phase;
  return marked
    ? `*${literal(said)}*${by} ${at(decidedAt ?? expiresAt)}`
    : `${said}${by}, ${at(decidedAt ?? expiresAt)}`;
}

const who = ({ slackIdOf }: Asked, name: string): string => {
  const id = slackIdOf.get(name);
  return id === undefined ? literal(name) : `${mention(id)} (${literal(name)})`;
};

const buttons = (question: Question): KnownBlock => ({
  type: 'actions',
  block_id: 'signalbox-decide',
  elements: [
    {
      type: 'button',
      action_id: ACTION.approve,
      text: { type: 'plain_text', text: 'Approve…', emoji: false },
      style: 'danger',
      value: question.id,
    },
    {
      type: 'button',
      action_id: ACTION.deny,
      text: { type: 'plain_text', text: 'Deny…', emoji: false },
      value: question.id,
    },
  ],
});

function footer({ id, planHash, requestedBy, requestedAt, approvers }: Question): string {
  const asks =
    requestedBy === undefined ? 'asked by the rules' : `asked by ${literal(requestedBy)}, who may not answer`;
  const from = approvers.length > 0 ? ` · of ${literal(approvers.join(', '))}` : '';
  return `${code(id)} · plan ${code(planHash.slice(0, 12))} · ${asks} ${moment(requestedAt)}${from} · without Slack: ${code(`signalbox approve ${id}`)}`;
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text, verbatim: true });

function section(title: string, lines: readonly string[]): KnownBlock[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, LINES_MAX).map((line) => `• ${line}`);
  const more = lines.length > LINES_MAX ? [`… and ${lines.length - LINES_MAX} more`] : [];
  const text = [`*${title}*`, ...shown, ...more].reduce((all, line) =>
    all.length + line.length < SECTION_MAX ? `${all}\n${line}` : all,
  );
  return [{ type: 'section', text: mrkdwn(text) }];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
