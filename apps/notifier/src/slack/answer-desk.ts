import { sha256Hex } from '#libs/contracts';
import type { Clock } from '#libs/runtime';
import type { Form } from './confirm-view.js';
import { literal } from './mrkdwn.js';
import type { People } from './people.js';
import type { Question } from '../notification/question.js';
import type { Refusals } from './refusals.js';
import type { Relay, RelayOutcome } from './relay.js';

export interface GivenForm {
  /** Slack's id of who sent it. */
  readonly user: string;
  readonly form: Form;
  readonly reason: string | undefined;
  /** Of the form: the same one counts once. */
  readonly click: string;
}

/** Takes what people in Slack say to the rules, under the name that Signalbox knows them by, and tells them what came of it. */
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
    return this.people.principalOf(user) !== undefined;
  }

  /** @throws SignalboxError */
  async give({ user, form, reason, click }: GivenForm, say: (text: string) => Promise<void>): Promise<void> {
    const { approval, decision, planHash } = form;
    const outcome = await this.relay.answer({
      approval,
      decision,
      planHash,
      principal: this.principalOf(user),
      memberOf: this.knows(user) ? await this.people.groupsOf(user) : [],
      ...(reason !== undefined && { reason }),
      details: { team: this.team, user, form: click, at: new Date(this.clock.now()).toISOString() },
      idempotencyKey: `slack-${sha256Hex([this.team, user, click, approval, decision].join(' ')).slice(0, 40)}`,
    });
    this.onAnswer();
    if (outcome.kind === 'refused') this.refusals.count('not-counted');
    return say(outcomeText(approval, decision, outcome));
  }

  /** Nobody here may answer without standing in signalbox.yaml: the rules refuse it too, and write down that it was tried. */
  async refuseStranger(
    { user, question, decision }: { user: string; question: Question; decision: Form['decision'] },
    say: (text: string) => Promise<void>,
  ): Promise<void> {
    this.refusals.count('unknown-person');
    const { id, planHash, target } = question;
    const form: Form = { approval: id, planHash, decision, target };
    return this.give({ user, form, reason: undefined, click: `stranger-${this.clock.now()}` }, say);
  }

  private principalOf(user: string): string {
    return this.people.principalOf(user) ?? `slack:${this.team}/${user}`;
  }
}

function outcomeText(approval: string, decision: Form['decision'], outcome: RelayOutcome): string {
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
