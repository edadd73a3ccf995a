import { doubtIn, type Doubt, type HonestyPolicy } from '#libs/decision';
import { largestJumpMs, TimeSense, type Clock, type Stop } from '#libs/runtime';
import type { TcpReach } from './tcp-reach.js';

export interface SelfDoubtPolicy extends HonestyPolicy {
  readonly roundMs: number;
  readonly probeTimeoutMs: number;
  readonly anchors: readonly { readonly host: string; readonly port: number }[];
}

/** Whether this process can be believed: it may be the one that is cut off, starved, or set to another time. */
export class SelfDoubt {
  private readonly sense: TimeSense;
  private anchorsReached?: readonly boolean[];

  constructor(
    private readonly clock: Clock,
    private readonly reach: TcpReach,
    private readonly policy: SelfDoubtPolicy,
  ) {
    this.sense = new TimeSense(clock, 2 * policy.roundMs);
  }

  start(): Stop {
    const stops = [this.sense.start(), this.clock.every(this.policy.roundMs, () => this.askAnchors())];
    return () => stops.forEach((stop) => stop());
  }

  /** Why a round that started then says nothing; `undefined` when it does. */
  since(startedAtMs: number): Doubt | undefined {
    const during = this.sense.since(startedAtMs);
    const reached = this.anchorsReached?.filter(Boolean).length;
    const sight = {
      jumpMs: largestJumpMs(during),
      lagMs: Math.max(0, ...during.map((one) => one.lagMs)),
      ...(reached !== undefined && { anchors: { reached, of: this.policy.anchors.length } }),
    };
    return doubtIn(sight, this.policy);
  }

  private async askAnchors(): Promise<void> {
    const { anchors, probeTimeoutMs } = this.policy;
    this.anchorsReached = await Promise.all(anchors.map((anchor) => this.reach.connects(anchor, probeTimeoutMs)));
  }
}
