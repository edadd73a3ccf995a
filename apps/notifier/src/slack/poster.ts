import { OutcomeUnknownError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { sha256Hex } from '#libs/contracts';
import { ChannelUnavailableError } from '../errors.js';
import type { SlackMessage } from './decision-message.js';
import type { HeldRecord, MessageLedger } from './message-ledger.js';
import type { SlackWeb } from './slack-web.js';

/** A notifier that has claimed a message and said nothing more for this long is taken to be gone. */
const CLAIM_MS = 30_000;
/** Slack's clock and ours differ by less than this. */
const CLOCK_MARGIN_MS = 60_000;

export interface Told {
  readonly ts: string;
  /** Whether this very call sent it. */
  readonly isNew: boolean;
  readonly record: HeldRecord;
}

/** Where it goes: into the channel, or into a thread. */
export interface Place {
  readonly thread?: { readonly ts: string; readonly broadcast: boolean };
}

/**
 * Sends each message once, however often it is asked to and by how many notifiers: intent before effect, and where no
 * answer came, the channel itself is asked whether the message is there.
 */
export class Poster {
  private bot: string | undefined;

  constructor(
    private readonly web: SlackWeb,
    private readonly ledger: MessageLedger,
    private readonly clock: Clock,
  ) {}

  /** `first`: the notification that it is told by. @throws SignalboxError: it may be sent or not, and is asked for again */
  async post(subject: string, first: string, message: SlackMessage, { thread }: Place = {}): Promise<Told> {
    const held = await this.ledger.find(subject);
    if (held?.ts !== undefined) return { ts: held.ts, isNew: false, record: held };
    const sent = held && (await this.sentBefore(subject, held, thread?.ts));
    if (held && sent !== undefined) return this.note(subject, held, sent, message, false);
    const claim = await this.ledger.claim(subject, held, this.clock.now(), first);
    if (!claim) throw new ChannelUnavailableError(`Another notifier tells of ${subject}`);
    return this.note(subject, claim, await this.send(subject, claim, message, thread), message, true);
  }

  /** The id of our bot, asked for once. @throws SignalboxError */
  private async ownBot(): Promise<string> {
    this.bot ??= (await this.web.identity()).bot;
    return this.bot;
  }

  private async sentBefore(subject: string, held: HeldRecord, thread: string | undefined): Promise<string | undefined> {
    const found = await this.web.find(subject, await this.ownBot(), held.at - CLOCK_MARGIN_MS, thread);
    if (found !== undefined || this.ledger.isOwn(held)) return found;
    const waitMs = held.at + CLAIM_MS - this.clock.now();
    if (waitMs <= 0) return undefined;
    throw new ChannelUnavailableError(`Another notifier tells of ${subject}`, { retryAfterMs: waitMs });
  }

  private async send(subject: string, claim: HeldRecord, message: SlackMessage, thread: Place['thread']) {
    try {
      return await this.web.post(subject, message, thread);
    } catch (error) {
      if (!(error instanceof OutcomeUnknownError)) await this.ledger.release(subject, claim);
      else throw new ChannelUnavailableError(error.message, { cause: error });
      throw error;
    }
  }

  private async note(subject: string, held: HeldRecord, ts: string, message: SlackMessage, isNew: boolean) {
    const record = await this.ledger.posted(subject, held, ts, hashOfMessage(message));
    if (!record) throw new ChannelUnavailableError(`Another notifier tells of ${subject}`);
    return { ts, isNew, record };
  }
}

export const hashOfMessage = (message: SlackMessage): string => sha256Hex(JSON.stringify(message));
