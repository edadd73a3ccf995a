import type { FlowLag } from '#libs/domain';
import type { Metrics } from '#libs/runtime';
import type { RoundReport } from './probing/cluster-watch.js';

/** What one round of probes of a cluster says in numbers, with the lag of the flows that leave it for here. */
export function measure(metrics: Metrics, round: RoundReport, lags: readonly FlowLag[]): void {
  const { cluster, opinion, failedForMs } = round;
  metrics.count('signalbox.probe.rounds', { cluster, opinion });
  metrics.set('signalbox.vantage.failing.time', { cluster }, failedForMs / 1_000);
  for (const { probe, ok, latencyMs } of round.probes) {
    const outcome = ok ? 'ok' : 'failed';
    metrics.observe('signalbox.probe.duration', { cluster, probe, outcome }, latencyMs / 1_000);
  }
  for (const { flow, lagMs, lagRecords } of lags) {
    metrics.set('signalbox.flow.lag.time', { flow }, lagMs / 1_000);
    metrics.set('signalbox.flow.lag.records', { flow }, lagRecords);
  }
}
