import type { Clock, Stop } from '#libs/runtime';
import type { Doubt } from './detector.js';
import type { TcpReach } from './tcp-reach.js';

const SAMPLE_MS = 100;
const CLOCK_JUMP_MAX_MS = 1_000;
const ANCHORS_MIN = 2;

export interface SelfDoubtPolicy {
  readonly roundMs: number;
  readonly probeTimeoutMs: number;
  readonly eventLoopLagMaxMs: number;
  readonly anchors: readonly { readonly host: string; readonly port: number }[];
}

interface Sample {
  readonly atMs: number;
  readonly lagMs: number;
  readonly jumpMs: number;
}

/** Whether this process can be believed: it may be the one that is cut off, starved, or set to another time. */
export class SelfDoubt {
  private samples: readonly Sample[] = [];
  private lastMs: number;
  private lastWallMs: number;
  private anchorsReached?: readonly boolean[];

  constructor(
    private readonly clock: Clock,
    private readonly reach: TcpReach,
    private readonly policy: SelfDoubtPolicy,
  ) {
    this.lastMs = clock.monotonicMs();
    this.lastWallMs = clock.now();
  }

  start(): Stop {
    this.lastMs = this.clock.monotonicMs();
    this.lastWallMs = this.clock.now();
    const stops = [
      this.clock.every(SAMPLE_MS, async () => this.sample()),
      this.clock.every(this.policy.roundMs, () => this.askAnchors()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** Why a round that started then says nothing; `undefined` when it does. */
  since(startedAtMs: number): Doubt | undefined {
    // Whatever blocks the event loop blocks the sampling too: what is overdue now counts.
    this.sample();
    const during = this.samples.filter(({ atMs }) => atMs >= startedAtMs);
    const jumpMs = during.reduce((most, one) => (Math.abs(one.jumpMs) > Math.abs(most) ? one.jumpMs : most), 0);
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

  private sample(): void {
    const [atMs, wallMs] = [this.clock.monotonicMs(), this.clock.now()];
    const elapsedMs = atMs - this.lastMs;
    const sample = { atMs, lagMs: elapsedMs - SAMPLE_MS, jumpMs: wallMs - this.lastWallMs - elapsedMs };
    this.samples = [...this.samples.filter((one) => one.atMs > atMs - 2 * this.policy.roundMs), sample];
    [this.lastMs, this.lastWallMs] = [atMs, wallMs];
  }

  private async askAnchors(): Promise<void> {
    const { anchors, probeTimeoutMs } = this.policy;
    this.anchorsReached = await Promise.all(anchors.map((anchor) => this.reach.connects(anchor, probeTimeoutMs)));
  }
}
