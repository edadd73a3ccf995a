import type { Clock } from '#libs/runtime';
import type { Block, View } from './block-rules.js';

/** One message, as whoever reads the channel sees it. */
export interface Message {
  readonly ts: string;
  readonly thread: string | undefined;
  readonly broadcast: boolean;
  readonly metadata: { readonly event_type: string; readonly event_payload: object } | undefined;
  readonly bot: string;
  text: string;
  blocks: readonly Block[];
  edits: number;
}

export interface Whisper {
  readonly user: string;
  readonly text: string;
}

export interface OpenView extends View {
  readonly id: string;
  readonly user: string;
}

/** "Triggers expire in three seconds. Use them before you lose them. You may only use a trigger once.": docs.slack.dev/interactivity/handling-user-interaction */
const TRIGGER_MS = 3_000;

interface Trigger {
  readonly user: string;
  readonly issuedMs: number;
  isUsed: boolean;
}

/** What one workspace holds: one channel with our bot in it, its people, and what they see. */
export class Workspace {
  readonly team = 'T0WORK';
  readonly channel = 'C0OPS';
  readonly bot = 'B0SIGNALBOX';
  readonly botToken = 'xoxb-simulated';
  readonly appToken = 'xapp-simulated';
  readonly signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
  readonly messages: Message[] = [];
  readonly whispers: Whisper[] = [];
  readonly responses: string[] = [];
  readonly views: OpenView[] = [];
  readonly userGroups = new Map<string, readonly string[]>();
  isBotInChannel = true;
  isTokenRevoked = false;
  private readonly triggers = new Map<string, Trigger>();
  private counted = 0;

  constructor(readonly clock: Clock) {}

  next(): number {
    return ++this.counted;
  }

  /** Unique in the channel, and the time in seconds. */
  newTs(): string {
    return `${Math.floor(this.clock.now() / 1_000)}.${String(this.next()).padStart(6, '0')}`;
  }

  newTrigger(user: string): string {
    const id = `${this.next()}.${this.next()}.abcdef`;
    this.triggers.set(id, { user, issuedMs: this.clock.monotonicMs(), isUsed: false });
    return id;
  }

  /** Who may be shown a form, or the error that Slack answers: see the reference of views.open. */
  useTrigger(id: string): { readonly user: string } | string {
    const trigger = this.triggers.get(id);
    if (!trigger) return 'invalid_trigger_id';
    if (trigger.isUsed) return 'exchanged_trigger_id';
    if (this.clock.monotonicMs() - trigger.issuedMs > TRIGGER_MS) return 'expired_trigger_id';
    trigger.isUsed = true;
    return trigger;
  }

  message(ts: string): Message | undefined {
    return this.messages.find((each) => each.ts === ts);
  }

  /** Those of the channel itself, as it is opened. */
  get roots(): readonly Message[] {
    return this.messages.filter(({ thread }) => thread === undefined);
  }

  threadOf(ts: string): readonly Message[] {
    return this.messages.filter(({ thread }) => thread === ts);
  }
}
