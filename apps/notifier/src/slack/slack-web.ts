import { WebAPIPlatformError, WebAPIRateLimitedError, WebClient, type ModalView } from '@slack/web-api';
import type { Clock, Log } from '#libs/runtime';
import { messageOf, OutcomeUnknownError } from '#libs/domain';
import { ChannelRefusedError, ChannelUnavailableError } from '../errors.js';
import type { SlackMessage } from './decision-message.js';
import { quietLogger } from './quiet-logger.js';

/** Slack answers within a second on a good day; whoever waits longer has lost the connection. */
const TIMEOUT_MS = 10_000;
/** Marks what is ours, and what of: by it a message is found again whose sending had no answer. */
const EVENT_TYPE = 'signalbox_message';
const PAGE = 200;
/** Errors that a message brings upon itself: sent again it would fail again. Everything else people can mend. */
const REFUSED = ['msg_too_long', 'invalid_blocks', 'invalid_blocks_format', 'no_text', 'msg_blocks_too_long'];

export interface SlackAccess {
  readonly token: string;
  readonly apiUrl: string;
  readonly channel: string;
}

/** Who the token belongs to. */
export interface SlackIdentity {
  readonly team: string;
  readonly bot: string;
}

/**
 * Slack's Web API as far as a channel needs it. One attempt a call: who calls repeats it. After "too many requests" a
 * method is left alone for as long as Slack asked.
 */
export class SlackWeb {
  private readonly client: WebClient;
  private readonly restsUntilMs = new Map<string, number>();

  constructor(
    private readonly access: SlackAccess,
    private readonly clock: Clock,
    log: Log,
  ) {
    this.client = new WebClient(access.token, {
      slackApiUrl: access.apiUrl,
      allowAbsoluteUrls: false,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
      timeout: TIMEOUT_MS,
      logger: quietLogger(log),
    });
  }

  /** @throws ChannelUnavailableError */
  async identity(): Promise<SlackIdentity> {
    const { team_id: team = '', bot_id: bot = '' } = await this.call('auth.test', () => this.client.auth.test());
    return { team, bot };
  }

  /**
   * The `ts` by which Slack knows the message.
   * @throws OutcomeUnknownError when no answer came: look for it with `find` @throws ChannelRefusedError, ChannelUnavailableError
   */
  async post(subject: string, message: SlackMessage, thread?: { readonly ts: string; readonly broadcast: boolean }) {
    const { channel } = this.access;
    const answer = await this.call('chat.postMessage', () =>
      this.client.chat.postMessage({
        ...addressed(channel, message),
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: EVENT_TYPE, event_payload: { subject } },
        ...placed(thread),
      }),
    );
    if (!answer.ts) throw new OutcomeUnknownError('Slack answered without a ts');
    return answer.ts;
  }

  /** @throws OutcomeUnknownError, ChannelRefusedError, ChannelUnavailableError */
  async update(ts: string, message: SlackMessage): Promise<void> {
    await this.call('chat.update', () => this.client.chat.update({ ...addressed(this.access.channel, message), ts }));
  }

  /** Seen by that person only. @throws OutcomeUnknownError, ChannelRefusedError, ChannelUnavailableError */
  async whisper(user: string, text: string): Promise<void> {
    const { channel } = this.access;
    await this.call('chat.postEphemeral', () => this.client.chat.postEphemeral({ channel, user, text, parse: 'none' }));
  }

  /** Within three seconds of the click. @throws OutcomeUnknownError, ChannelRefusedError, ChannelUnavailableError */
  async open(triggerId: string, view: ModalView): Promise<void> {
    await this.call('views.open', () => this.client.views.open({ trigger_id: triggerId, view }));
  }

  /** @throws OutcomeUnknownError, ChannelRefusedError, ChannelUnavailableError */
  async membersOf(userGroup: string): Promise<readonly string[]> {
    const { users = [] } = await this.call('usergroups.users.list', () =>
      this.client.usergroups.users.list({ usergroup: userGroup }),
    );
    return users;
  }

  /** A message of ours by what it is of, in the channel or in a thread. @throws as `post` */
  async find(subject: string, bot: string, sinceMs: number, thread?: string): Promise<string | undefined> {
    const { channel } = this.access;
    const window = { channel, oldest: String(Math.floor(sinceMs / 1_000)), include_all_metadata: true, limit: PAGE };
    const { messages = [] } = thread
      ? await this.call('conversations.replies', () => this.client.conversations.replies({ ...window, ts: thread }))
      : await this.call('conversations.history', () => this.client.conversations.history(window));
    return messages.find(({ bot_id: by, metadata }) => by === bot && subjectIn(metadata) === subject)?.ts;
  }

  private async call<T>(method: string, send: () => Promise<T>): Promise<T> {
    const restMs = (this.restsUntilMs.get(method) ?? 0) - this.clock.monotonicMs();
    if (restMs > 0) throw tooMany(method, restMs);
    try {
      return await send();
    } catch (error) {
      throw this.named(method, error);
    }
  }

  private named(method: string, error: unknown): Error {
    if (error instanceof WebAPIRateLimitedError) {
      const restMs = error.retryAfter * 1_000;
      this.restsUntilMs.set(method, this.clock.monotonicMs() + restMs);
      return tooMany(method, restMs);
    }
    if (error instanceof WebAPIPlatformError) {
      const said = `Slack answered ${method} with ${error.data.error}`;
      return REFUSED.includes(error.data.error)
        ? new ChannelRefusedError(said, { cause: error })
        : new ChannelUnavailableError(said, { cause: error });
    }
    return new OutcomeUnknownError(`Slack gave no answer to ${method}: ${messageOf(error)}`, { cause: error });
  }
}

const placed = (thread: { readonly ts: string; readonly broadcast: boolean } | undefined) => {
  if (!thread) return {};
  return thread.broadcast ? { thread_ts: thread.ts, reply_broadcast: true as const } : { thread_ts: thread.ts };
};

const addressed = (channel: string, { text, blocks }: SlackMessage) => ({
  channel,
  text,
  blocks,
  parse: 'none' as const,
  link_names: false,
});

const tooMany = (method: string, restMs: number) =>
  new ChannelUnavailableError(`Slack takes no more ${method} for ${Math.ceil(restMs / 1_000)} s`, {
    retryAfterMs: restMs,
  });

const subjectIn = (metadata: { event_type?: string; event_payload?: object } | undefined): unknown =>
  metadata?.event_type === EVENT_TYPE
    ? (metadata.event_payload as { subject?: unknown } | undefined)?.subject
    : undefined;
