import { messageOf } from '#libs/domain';
import type { ClusterState } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import type { ProbeResult } from './probe-set.js';

const EVERY_MS = 30_000;
const DAY_MS = 86_400_000;
const CERTIFICATE_MIN_DAYS = 7;
/** From these shares on the cluster is degraded; below them a maintenance is more likely than a fault. */
const OFFLINE_MAX = 0.1;
const UNDER_MIN_ISR_MAX = 0.3;

/** Checks that are too dear for every round. They run beside the rounds, and the latest answers are shown with each. */
export class SlowProbes {
  private results: readonly ProbeResult[] = [];
  private startedAtMs?: number;

  constructor(
    private readonly state: ClusterState,
    private readonly clock: Clock,
  ) {}

  /** An unreachable cluster is not asked: what was known of its partitions says nothing any more. */
  latest({ isReached }: { readonly isReached: boolean }): readonly ProbeResult[] {
    if (!isReached) {
      this.results = [];
      this.startedAtMs = undefined;
      return [];
    }
    const nowMs = this.clock.monotonicMs();
    if (this.startedAtMs === undefined || nowMs - this.startedAtMs >= EVERY_MS) {
      this.startedAtMs = nowMs;
      void this.run();
    }
    return this.results;
  }

  private async run(): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    // Not knowing, for want of a right perhaps, is no complaint against the cluster.
    const unknown = (error: unknown) => ({ ok: true, detail: `not known: ${messageOf(error)}` });
    const partitions = await this.partitions().catch(unknown);
    const latencyMs = Math.round(this.clock.monotonicMs() - startedAtMs);
    this.results = [{ probe: 'partitions', latencyMs, ...partitions }, ...this.certificate()];
  }

  private async partitions(): Promise<Pick<ProbeResult, 'ok' | 'detail'>> {
    const { partitions, offline, underMinIsr } = await this.state.partitionHealth();
    const ok = offline < OFFLINE_MAX * partitions && underMinIsr < UNDER_MIN_ISR_MAX * partitions;
    const detail = `of ${partitions} partitions ${offline} are offline and ${underMinIsr} under min.insync.replicas`;
    return partitions === 0 || ok ? { ok: true, detail } : { ok: false, detail };
  }

  private certificate(): readonly ProbeResult[] {
    const end = this.state.certificateEnd();
    if (!end) return [];
    const days = Math.floor((end.getTime() - this.clock.now()) / DAY_MS);
    return [{ probe: 'certificate', ok: days > CERTIFICATE_MIN_DAYS, latencyMs: 0, detail: `ends in ${days} days` }];
  }
}
