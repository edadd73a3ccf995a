/**
 * Whether a listener that is rung hears anything at all: a connection that died in silence looks like a quiet day. Pure;
 * times are of the monotonic clock.
 */
export class Canary {
  private unheardSinceMs: number | undefined;
  private heardAtMs: number | undefined;

  /** It was put into the queue. */
  sent(atMs: number): void {
    this.unheardSinceMs ??= atMs;
  }

  /** Something came out of the queue, so that everything would. */
  heard(atMs: number): void {
    this.heardAtMs = atMs;
    this.unheardSinceMs = undefined;
  }

  /** It could not be sent, or the listener is a new one: silence says nothing of what was before. */
  startsAnew(): void {
    this.unheardSinceMs = undefined;
  }

  /** How long the listener has been silent although it was rung. */
  silentMs(nowMs: number): number {
    return this.unheardSinceMs === undefined ? 0 : nowMs - this.unheardSinceMs;
  }

  /** Since it was heard last; undefined when it never was. */
  ageMs(nowMs: number): number | undefined {
    return this.heardAtMs === undefined ? undefined : nowMs - this.heardAtMs;
  }
}
