import { UnavailableError, type Backlog, type Json, type SiteId, type Verification } from '#libs/domain';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Timeline } from '../kernel/timeline.js';
import type { KafkaSite } from './kafka-site.js';
import type { Network } from './network.js';

const CAUGHT_UP_MS = 10;
const LOOK_AGAIN_MS = 500;

export interface FlowEnds {
  readonly id: string;
  readonly from: SiteId;
  readonly to: SiteId;
}

/** How far one direction of replication is behind. Brought up to date whenever somebody looks. */
export class Flow {
  /** Its connectors are up and copy nothing. */
  isStuck = false;
  private copiedAtMs = 0;
  private writtenAtMs = 0;

  constructor(
    readonly ends: FlowEnds,
    private readonly isRunning: () => boolean,
    private readonly source: KafkaSite,
    private readonly target: KafkaSite,
    private readonly network: Network,
    private readonly timeline: Timeline,
  ) {}

  get isCopying(): boolean {
    const { from, to } = this.ends;
    const { source, target, network } = this;
    const isUp = source.serves && target.takesReplication && network.connects(from, to);
    return this.isRunning() && !this.isStuck && isUp;
  }

  /** Ms of writes that the target does not have. */
  get lagMs(): number {
    this.look();
    return Math.max(CAUGHT_UP_MS, this.writtenAtMs - this.copiedAtMs);
  }

  get backlog(): Backlog {
    const records = this.writtenAtMs > this.copiedAtMs ? Math.ceil(this.writtenAtMs - this.copiedAtMs) : 0;
    return { records, ranges: [] };
  }

  /** Counts what is left to copy, or waits until nothing is. */
  async inspect(expected: unknown, process: SimProcess, signal: AbortSignal): Promise<Verification> {
    for (;;) {
      const { from, to } = this.ends;
      this.look();
      if (!this.source.serves || !this.network.connects(to, from))
        throw new UnavailableError(`the source of ${this.ends.id} does not answer`);
      const { backlog } = this;
      const holds = expected === undefined || backlog.records === 0;
      if (holds || signal.aborted) return { check: 'log-ends', observed: backlog as unknown as Json, holds };
      await process.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  /** Where the target's log ends. */
  async targetEnds(): Promise<Verification> {
    if (!this.target.serves) throw new UnavailableError(`the target of ${this.ends.id} does not answer`);
    return { check: 'log-ends', observed: { targetEnds: { 'orders-0': 100 } }, holds: true };
  }

  /** To be called also between looks, so that no interval is missed. */
  look(): void {
    const nowMs = this.timeline.nowMs;
    if (this.source.takesWrites) this.writtenAtMs = nowMs;
    if (this.isCopying) this.copiedAtMs = nowMs;
  }
}
