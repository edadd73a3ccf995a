import { largestJumpMs, TimeSense, type Clock, type Stop } from '#libs/runtime';
import type { Doubt } from './detector.js';
import type { TcpReach } from './tcp-reach.js';

const CLOCK_JUMP_MAX_MS = 1_000;
const ANCHORS_MIN = 2;

export interface SelfDoubtPolicy {
  readonly roundMs: number;
  readonly probeTimeoutMs: number;
  readonly eventLoopLagMaxMs: number;
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
    const jumpMs = largestJumpMs(during);
    if (Math.abs(jumpMs) > CLOCK_JUMP_MAX_MS) {
      return { kind: 'breaking', reason: `the clock jumped by ${Math.round(jumpMs)} ms` };
    }
    const lagMs = Math.max(0, ...during.map((one) => one.lagMs));
    if (lagMs > this.policy.eventLoopLagMaxMs) {
      return { kind: 'passing', reason: `the event loop lagged ${Math.round(lagMs)} ms` };
    }
    return this.cutOff();
  }

  private cutOff(): Doubt | undefined {
    if (!this.anchorsReached) return { kind: 'passing', reason: 'the anchors have not answered yet' };
    const reached = this.anchorsReached.filter(Boolean).length;
    if (reached >= ANCHORS_MIN) return undefined;
    return { kind: 'passing', reason: `only ${reached} of ${this.policy.anchors.length} anchors can be reached` };
  }

  private async askAnchors(): Promise<void> {
    const { anchors, probeTimeoutMs } = this.policy;
    this.anchorsReached = await Promise.all(anchors.map((anchor) => this.reach.connects(anchor, probeTimeoutMs)));
  }
}
