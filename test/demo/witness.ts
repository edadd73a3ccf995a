import type { Observation } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { followEvents, type StreamedEvent } from './event-stream.js';
import type { Timeline } from './timeline.js';

interface Source {
  readonly endpoints: readonly string[];
  readonly token: string;
  readonly clock: Clock;
  /** The cluster whose first failed round is looked for. */
  readonly cluster: string;
}

/** Watches the event stream: tells it to people, and keeps when the first round failed. */
export class Witness {
  private readonly stopped = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private faultAt: Instant | undefined;
  private earliest: number | undefined;

  constructor(
    private readonly source: Source,
    private readonly timeline: Timeline,
  ) {}

  start(): void {
    const { endpoints, token, clock } = this.source;
    const onSource = (text: string) => this.timeline.tell('stream', text, clock.now());
    const onEvent = (event: StreamedEvent) => this.see(event, clock.now());
    this.following = followEvents({ endpoints, token, clock, onEvent, onSource }, this.stopped.signal);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.following;
  }

  /** From here on a failed round is the fault's. */
  faultInjected(at: Instant): void {
    this.faultAt = at;
    this.timeline.restart(at);
  }

  /**
   * No later than this. Observers say for how long they have been failing; what they say takes time to get here, so
   * the earliest of all is the closest.
   */
  get firstFailedRoundAt(): Instant | undefined {
    return this.earliest as Instant | undefined;
  }

  private see(event: StreamedEvent, now: Instant): void {
    this.timeline.event(event, now);
    if (event.kind !== 'observation' || this.faultAt === undefined) return;
    const { cluster, failedForMs } = event.data as Observation;
    if (cluster !== this.source.cluster || failedForMs === 0) return;
    this.earliest = Math.min(this.earliest ?? Infinity, Math.floor(now - failedForMs));
  }
}
