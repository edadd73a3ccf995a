import { SignalboxError } from '#libs/domain';
import type { Clock, Log } from '#libs/runtime';
import type { Briefer } from './briefing.js';
import { decisionMessage, type SlackMessage } from './decision-message.js';
import type { HeldRecord, MessageLedger } from './message-ledger.js';
import type { People } from './people.js';
import { hashOfMessage, type Poster } from './poster.js';
import { isOpen, type Question, type QuestionBook } from '../notification/question.js';
import type { SlackWeb } from './slack-web.js';

/** An approval that was decided longer ago looks as it will look for ever. */
const SETTLED_MS = 3_600_000;

export interface BoardPorts {
  readonly questions: QuestionBook;
  readonly briefer: Briefer;
  readonly poster: Poster;
  readonly ledger: MessageLedger;
  readonly web: SlackWeb;
  readonly people: People;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps the message of every decision as the decision stands: whatever changed it, on whatever way. */
export class DecisionBoard {
  /** One change of the messages at a time: an older look never overwrites a newer one. */
  private last: Promise<unknown> = Promise.resolve();
  private woken = new AbortController();

  constructor(private readonly ports: BoardPorts) {}

  /** Looks at least every `everyMs` while `leads` says that this process tells. Returns what ends it, last look included. */
  start(everyMs: number, leads: () => Promise<boolean>): () => Promise<void> {
    const stopped = new AbortController();
    const running = this.run(everyMs, leads, stopped.signal);
    return () => {
      stopped.abort();
      return running;
    };
  }

  /** Something may have changed. */
  wake(): void {
    this.woken.abort();
  }

  private async run(everyMs: number, leads: () => Promise<boolean>, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      this.woken = new AbortController();
      await this.look(leads);
      await this.ports.clock.sleep(everyMs, AbortSignal.any([stopped, this.woken.signal]));
    }
  }

  private async look(leads: () => Promise<boolean>): Promise<void> {
    try {
      if (await leads()) await this.refresh();
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.log.debug(`The messages of decisions were not looked at: ${error.message}`);
    }
  }

  /** Undefined when the approval is not in the journal any more. @throws SignalboxError */
  show(approval: string, notification: string) {
    return this.inTurn(async () => {
      const question = await this.ports.questions.find(approval);
      if (!question) return undefined;
      const before = await this.ports.ledger.find(subjectOf(question));
      const first = before?.first ?? notification;
      const message = await this.messageOf(question, first);
      const { ts, record, isNew } = await this.ports.poster.post(subjectOf(question), notification, message);
      if (!isNew) await this.update(question, record);
      return { ts, isTold: record.first === notification };
    });
  }

  /** Every message whose decision stands otherwise than it shows. @throws SignalboxError */
  refresh(): Promise<void> {
    return this.inTurn(async () => {
      const { questions, ledger, clock } = this.ports;
      for (const question of await questions.all()) {
        const decidedAt = question.decidedAt ?? question.expiresAt;
        if (!isOpen(question, clock.now()) && decidedAt < clock.now() - SETTLED_MS) continue;
        const record = await ledger.find(subjectOf(question));
        if (record?.ts !== undefined) await this.update(question, record);
      }
    });
  }

  private async update(question: Question, record: HeldRecord): Promise<void> {
    const message = await this.messageOf(question, record.first);
    if (record.ts === undefined || record.shows === hashOfMessage(message)) return;
    await this.ports.web.update(record.ts, message);
    await this.ports.ledger.posted(subjectOf(question), record, record.ts, hashOfMessage(message));
  }

  private async messageOf(question: Question, first: string | undefined): Promise<SlackMessage> {
    const { briefer, people, clock } = this.ports;
    const briefing = await briefer.brief(question, first);
    return decisionMessage({ question, briefing, slackIdOf: people.slackIdOf, nowMs: clock.now() });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work, work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

const subjectOf = ({ id }: Question): string => `approvals/${id}`;
