import type { ClusterId } from '#libs/domain';
import { beginSpan, type Clock } from '#libs/runtime';
import type { RoundReport } from './probing/cluster-watch.js';

/**
 * One trace for each time that a cluster fails, seen from here: from its first bad round on, so that what is decided and
 * done about it can be followed back to it. Rounds that are well leave no spans.
 */
export class FailureTraces {
  private readonly failing = new Map<ClusterId, string>();

  constructor(private readonly clock: Clock) {}

  /** The `traceparent` of the failure that the round belongs to; undefined while all is well, or nobody records. */
  follow({ cluster, opinion, reason, failedForMs, probes }: RoundReport): string | undefined {
    const first = this.failing.get(cluster);
    if (failedForMs === 0) {
      this.failing.delete(cluster);
      return undefined;
    }
    const startedAtMs = this.clock.now() - (first === undefined ? failedForMs : longestOf(probes));
    const attributes = { 'signalbox.cluster': cluster, 'signalbox.opinion': opinion, 'signalbox.reason': reason };
    const span = beginSpan('probe.round', { after: first, startedAtMs }, attributes);
    span.end();
    const failure = first ?? span.traceparent;
    if (failure !== undefined) this.failing.set(cluster, failure);
    return failure;
  }
}

const longestOf = (probes: RoundReport['probes']): number => Math.max(0, ...probes.map(({ latencyMs }) => latencyMs));
