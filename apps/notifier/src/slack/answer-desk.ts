import { sha256Hex, type FreezeBody } from '#libs/contracts';
import type { Clock } from '#libs/runtime';
import type { Form } from './confirm-view.js';
import { code, literal, moment } from './mrkdwn.js';
import type { People } from './people.js';
import type { Question } from '../notification/question.js';
import type { Refusals } from './refusals.js';
import type { FreezeOutcome, Relay, RelayOutcome } from './relay.js';
import type { Say } from './reply.js';

export interface GivenForm {
  /** Slack's id of who sent it. */
  readonly user: string;
  readonly form: Form;
  readonly reason: string | undefined;
  /** Of the form: the same one counts once. */
  readonly click: string;
}

export interface WantedFreeze extends FreezeBody {
  readonly user: string;
  readonly group: string;
  /** Of the command: the same one counts once. */
  readonly click: string;
}

/** Takes what people in Slack say to the rules, under their Slack ids, and tells them what came of it. */
export class AnswerDesk {
  constructor(
    private readonly team: string,
    private readonly people: People,
    private readonly relay: Relay,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    /** Something was decided: its message may look otherwise now. */
    private readonly onAnswer: () => void,
  ) {}

  knows(user: string): boolean {
    return this.people.knows(user);
  }

  /** @throws SignalboxError */
  async give({ user, form, reason, click }: GivenForm, say: Say): Promise<void> {
    const { approval, decision, planHash } = form;
    const outcome = await this.relay.answer({
      approval,
      decision,
      planHash,
      ...(reason !== undefined && { reason }),
      ...(await this.said(user, 'form', click, `${approval} ${decision}`)),
    });
    this.onAnswer();
    if (outcome.kind === 'refused') this.refusals.count('not-counted');
    return say(answerText(approval, decision, outcome));
  }

  /** Nobody here may answer without standing in signalbox.yaml: the rules refuse it too, and write down that it was tried. */
  async refuseStranger(
    { user, question, decision }: { user: string; question: Question; decision: Form['decision'] },
    say: Say,
  ): Promise<void> {
    this.refusals.count('unknown-person');
    const { id, planHash, target } = question;
    const form: Form = { approval: id, planHash, decision, target };
    return this.give({ user, form, reason: undefined, click: `stranger-${this.clock.now()}` }, say);
  }

  /** Who may not is refused by the rules, which write down that it was tried. @throws SignalboxError */
  async freeze({ user, group, click, ...freeze }: WantedFreeze, say: Say): Promise<void> {
    if (!this.knows(user)) this.refusals.count('unknown-person');
    const said = await this.said(user, 'command', click, `freeze ${group}`);
    const outcome = await this.relay.freeze({ group, ...freeze, ...said });
    if (outcome.kind === 'refused') this.refusals.count('not-counted');
    return say(freezeText(group, outcome));
  }

  /** Who it was, by what it is found again, and the key by which it is done once. */
  private async said(user: string, kind: 'form' | 'command', click: string, what: string) {
    const { team } = this;
    return {
      person: { team, user, userGroups: [...(this.knows(user) ? await this.people.userGroupsOf(user) : [])] },
      details: { [kind]: click, at: new Date(this.clock.now()).toISOString() },
      idempotencyKey: `slack-${sha256Hex([team, user, click, what].join(' ')).slice(0, 40)}`,
    };
  }
}

function answerText(approval: string, decision: Form['decision'], outcome: RelayOutcome): string {
  const said = decision === 'grant' ? 'yes' : 'no';
  switch (outcome.kind) {
    case 'counted':
      return `Your ${said} to ${literal(approval)} counts; it is ${literal(outcome.phase)} now.`;
    case 'already-decided': {
      const by = outcome.by === undefined ? '' : ` by ${literal(outcome.by)}`;
      return `${literal(approval)} was ${literal(outcome.phase)}${by} before; your ${said} changed nothing.`;
    }
    case 'refused':
      return `Your ${said} does not count: ${literal(outcome.message)}`;
  }
}

function freezeText(group: string, outcome: FreezeOutcome): string {
  if (outcome.kind === 'refused') return `${literal(group)} is not frozen by this: ${literal(outcome.message)}`;
  const { by, until } = outcome;
  const end = code(`signalbox unfreeze ${group} --reason '<why>'`);
  return `${literal(group)} is frozen by ${literal(by)} until ${moment(until)}: it begins nothing, and a run in progress stops before its next step. ${end} ends it.`;
}
