import { messageOf, SignalboxError } from '#libs/domain';
import type { Clock, Log } from '#libs/runtime';
import { z } from 'zod';
import type { AnswerDesk } from './answer-desk.js';
import { CONFIRM, confirmView, filled } from './confirm-view.js';
import { ACTION } from './decision-message.js';
import { literal } from './mrkdwn.js';
import { ClickWire, DECISIONS, isVerb, SubmissionWire, type Click, type Submission, type Verb } from './payloads.js';
import { isOpen, type QuestionBook } from '../notification/question.js';
import type { Refusals } from './refusals.js';
import { TAKEN, type Reply, type Say } from './reply.js';
import type { SlackWeb } from './slack-web.js';

/** A trigger lasts three seconds; nothing is opened with what is left of the last half. */
const TRIGGER_MS = 2_500;

const InteractionWire = z.discriminatedUnion('type', [ClickWire, SubmissionWire]);

export interface InteractionPorts {
  readonly team: string;
  readonly questions: QuestionBook;
  readonly desk: AnswerDesk;
  readonly web: SlackWeb;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly log: Log;
}

/** What people do with buttons and forms. It came from Slack for sure; who may do it is the rules' to say. */
export class Interactions {
  constructor(private readonly ports: InteractionPorts) {}

  take(payload: unknown): Reply {
    const { refusals, team } = this.ports;
    const read = InteractionWire.safeParse(payload);
    if (!read.success) {
      // Closed forms and the like say nothing to us, and are no mistake of anybody.
      if (!z.object({ type: z.string() }).safeParse(payload).success) refusals.count('malformed');
      return TAKEN;
    }
    if (read.data.team.id !== team) {
      refusals.count('other-workspace');
      return TAKEN;
    }
    return read.data.type === 'block_actions' ? this.click(read.data) : this.submission(read.data);
  }

  private click({ user, actions, trigger_id: trigger }: Click): Reply {
    const [action] = actions;
    const verb = VERBS.find((each) => ACTION[each] === action?.action_id);
    const approval = action?.value;
    if (!verb || approval === undefined) return TAKEN;
    return this.later(user.id, () => this.ask({ user: user.id, trigger, approval, verb }, this.whisperTo(user.id)));
  }

  /** Opens the form in which somebody says yes or no; tells them why when it cannot be. @throws SignalboxError */
  async ask({ user, trigger, approval, verb }: Asking, say: Say): Promise<void> {
    const { questions, desk, web, refusals, clock } = this.ports;
    const decision = DECISIONS[verb];
    const startedMs = clock.monotonicMs();
    const question = await questions.find(approval);
    if (!question) {
      refusals.count('closed');
      return say(`There is no approval ${literal(approval)} any more.`);
    }
    if (!isOpen(question, clock.now())) {
      refusals.count('closed');
      const by = question.decidedBy === undefined ? '' : ` by ${literal(question.decidedBy)}`;
      return say(`${literal(approval)} is not open any more: ${literal(question.phase)}${by}.`);
    }
    if (!desk.knows(user)) return desk.refuseStranger({ user, question, decision }, say);
    if (clock.monotonicMs() - startedMs > TRIGGER_MS) {
      refusals.count('too-late-to-open');
      return say('That took too long for Slack. Nothing was sent: please click again.');
    }
    return web.open(trigger, confirmView(question, decision));
  }

  private submission({ user, view }: Submission): Reply {
    if (view.callback_id !== CONFIRM) return TAKEN;
    const answer = filled(view.private_metadata, view.state);
    if (!answer) {
      this.ports.refusals.count('malformed');
      return TAKEN;
    }
    if (!answer.ok) {
      this.ports.refusals.count('wrong-site-typed');
      return { body: { response_action: 'errors', errors: answer.errors }, work: async () => undefined };
    }
    const given = { user: user.id, form: answer.form, reason: answer.reason, click: view.id };
    return this.later(user.id, () => this.ports.desk.give(given, this.whisperTo(user.id)));
  }

  private whisperTo(user: string): Say {
    return (text) => this.ports.web.whisper(user, text);
  }

  /** What fails is said to whoever clicked, and nothing else comes of it: they can click again. */
  private later(user: string, work: () => Promise<void>): Reply {
    return {
      work: async () => {
        try {
          await work();
        } catch (error) {
          if (!(error instanceof SignalboxError)) throw error;
          this.ports.log.warn({ user }, `A click in Slack came to nothing: ${error.message}`);
          await this.ports.web.whisper(user, `This did not work: ${literal(messageOf(error))}`).catch(() => undefined);
        }
      },
    };
  }
}

const VERBS = Object.keys(ACTION).filter(isVerb);

export interface Asking {
  readonly user: string;
  readonly trigger: string;
  readonly approval: string;
  readonly verb: Verb;
}
