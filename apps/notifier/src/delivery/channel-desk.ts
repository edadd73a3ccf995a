import { SignalboxError, type Instant } from '#libs/domain';
import type { Clock, Log, Random, Readiness } from '#libs/runtime';
import type { NotificationChannel } from '../channel/notification-channel.js';
import { ChannelGoneError, ChannelUnavailableError } from '../errors.js';
import type { AuditChains } from './audit-chains.js';
import { backoffMs } from './backoff.js';
import type { CursorBook } from './cursor-book.js';
import type { Lane } from './lane.js';

/** How often the backlog of a receiver that wants nothing is counted anew. */
const COUNT_ANEW_MS = 60_000;
/** A channel that fails once or twice is no news. */
const FAILURES_TO_SAY = 3;

export interface DeskPorts {
  readonly chains: AuditChains;
  readonly cursors: CursorBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly readiness: Readiness;
}

/** How long to rest, and whether news end it. */
interface Rest {
  readonly ms: number;
  readonly endsWithNews: boolean;
}

/**
 * Delivers to one channel, one notification at a time, the groups in turn. It waits for nobody else's channel; its pauses
 * after failures are for the receiver as a whole, since what fails is rarely one notification.
 */
export class ChannelDesk {
  private woken = new AbortController();
  private failures = 0;
  private failingSince: Instant | undefined;
  /** The receiver said that it wants nothing more. */
  private gone: ChannelGoneError | undefined;

  constructor(
    private readonly id: string,
    private readonly channel: NotificationChannel,
    private lanes: readonly Lane[],
    private readonly ports: DeskPorts,
    private readonly pollMs: number,
  ) {}

  /** There may be something to deliver. */
  wake(): void {
    this.woken.abort();
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.ports.readiness.forget(this.component), { once: true });
    while (!signal.aborted) {
      this.woken = new AbortController();
      const { ms, endsWithNews } = await this.turn(signal);
      await this.ports.clock.sleep(ms, endsWithNews ? AbortSignal.any([signal, this.woken.signal]) : signal);
    }
  }

  private async turn(signal: AbortSignal): Promise<Rest> {
    try {
      const { sequences } = await this.ports.chains.heads();
      for (const lane of this.lanes) await lane.lookAhead(sequences);
      if (this.gone) return this.leaveAlone(this.gone);
      for (let lane = this.nextLane(); lane && !signal.aborted; lane = this.nextLane()) {
        const rest = await this.deliver(lane, signal);
        if (rest) return rest;
      }
      if (this.failures === 0 && !signal.aborted) this.ports.readiness.ready(this.component);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      if (!signal.aborted)
        this.ports.readiness.missing(this.component, `Channel ${this.id} is told nothing: ${error.message}`);
    }
    return { ms: this.pollMs, endsWithNews: true };
  }

  /** The first that has something due; whose turn it was comes last. */
  private nextLane(): Lane | undefined {
    const lane = this.lanes.find(({ isDue }) => isDue);
    if (lane) this.lanes = [...this.lanes.filter((other) => other !== lane), lane];
    return lane;
  }

  /** Undefined when the next one may follow at once. */
  private async deliver(lane: Lane, signal: AbortSignal): Promise<Rest | undefined> {
    const notification = await lane.next();
    if (!notification || !(await this.ports.cursors.leads())) return { ms: this.pollMs, endsWithNews: false };
    try {
      await this.channel.deliver(notification, signal);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      if (signal.aborted) return { ms: 0, endsWithNews: false };
      const isRefused = !error.retryable && !(error instanceof ChannelGoneError);
      if (isRefused) await lane.giveUp(error.message);
      return this.failed(notification.id, error);
    }
    this.succeeded();
    await lane.delivered();
    return undefined;
  }

  private succeeded(): void {
    this.failures = 0;
    this.failingSince = undefined;
  }

  private failed(notification: string, error: SignalboxError): Rest {
    this.failures += 1;
    this.failingSince ??= this.ports.clock.now();
    if (error instanceof ChannelGoneError) this.gone = error;
    const wishMs = error instanceof ChannelUnavailableError ? error.retryAfterMs : undefined;
    const ms = backoffMs(this.failures, this.ports.random.fraction(), wishMs);
    const fields = { channel: this.id, notification, failures: this.failures, restMs: Math.round(ms) };
    this.ports.log.debug(fields, `Channel ${this.id} failed: ${error.message}`);
    if (!error.retryable || this.failures >= FAILURES_TO_SAY) {
      this.ports.readiness.missing(this.component, this.trouble(error));
    }
    return { ms, endsWithNews: false };
  }

  /** Still says how many wait. */
  private leaveAlone(gone: ChannelGoneError): Rest {
    this.ports.readiness.missing(this.component, this.trouble(gone));
    return { ms: COUNT_ANEW_MS, endsWithNews: false };
  }

  /** Which channel, why, since when, and how many wait. */
  private trouble({ message }: SignalboxError): string {
    const waiting = this.lanes.flatMap((lane) => lane.waitingSince).toSorted((a, b) => a - b);
    const since = this.failingSince === undefined ? '' : ` Failing since ${moment(this.failingSince)}.`;
    const oldest = waiting[0] === undefined ? '' : `, the oldest of ${moment(waiting[0])}`;
    const rests = this.gone ? ' It is left alone until a notifier starts anew.' : '';
    return `Channel ${this.id}: ${message}.${since}${rests} ${waiting.length} wait${oldest}`;
  }

  private get component(): string {
    return `channel ${this.id}`;
  }
}

const moment = (at: Instant): string => new Date(at).toISOString();
