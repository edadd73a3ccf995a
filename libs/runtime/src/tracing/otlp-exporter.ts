import { messageOf } from '#libs/domain';
import type { Clock, Stop } from '../clock.js';
import { ConditionLog } from '../condition-log.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics/metrics.js';
import type { FinishedSpan } from './finished-span.js';
import { metricExport, traceExport } from './otlp.js';

/** What waits is bounded: a receiver that is away costs spans, and never memory. */
const WAITING_MAX = 4_096;
const BATCH_MAX = 512;
const FLUSH_MS = 1_000;
const METRICS_MS = 15_000;
const TIMEOUT_MS = 5_000;

export interface Receiver {
  /** Of a collector: `/v1/traces` and `/v1/metrics` are below it. */
  readonly endpoint: string;
  /** Resource attributes. */
  readonly origin: Readonly<Record<string, string>>;
}

export interface ExporterPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Sends spans and metrics to a collector, beside the work and without ever holding it up or failing it. */
export class OtlpExporter {
  private readonly waiting: FinishedSpan[] = [];
  private readonly conditions: ConditionLog;
  private readonly startedAtMs: number;

  constructor(
    private readonly receiver: Receiver,
    private readonly ports: ExporterPorts,
  ) {
    this.conditions = new ConditionLog(ports.log, ports.clock);
    this.startedAtMs = ports.clock.now();
  }

  start(): Stop {
    const { clock } = this.ports;
    const stops = [clock.every(FLUSH_MS, () => this.flush()), clock.every(METRICS_MS, () => this.sendMetrics())];
    return () => {
      for (const stop of stops) stop();
    };
  }

  readonly take = (span: FinishedSpan): void => {
    if (this.waiting.length < WAITING_MAX) this.waiting.push(span);
    else this.ports.metrics.count('signalbox.spans', { outcome: 'dropped' });
  };

  /** Never rejects; what the receiver does not take is dropped. */
  async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const spans = this.waiting.splice(0, BATCH_MAX);
      const isSent = await this.post('traces', traceExport(spans, this.receiver.origin));
      this.ports.metrics.count('signalbox.spans', { outcome: isSent ? 'sent' : 'dropped' }, spans.length);
      if (!isSent) return;
    }
  }

  private async sendMetrics(): Promise<void> {
    const { metrics, clock } = this.ports;
    await this.post('metrics', metricExport(metrics, this.receiver.origin, this.startedAtMs, clock.now()));
  }

  private async post(what: 'traces' | 'metrics', body: object | string | number | boolean): Promise<boolean> {
    try {
      const answer = await fetch(`${this.receiver.endpoint}/v1/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      this.conditions.ended('collector', 'The collector takes telemetry again');
      return true;
    } catch (error) {
      // What is behind a failed fetch says more than it does.
      const { cause = error } = error as { readonly cause?: unknown };
      this.conditions.holds('collector', `The collector of telemetry takes nothing: ${messageOf(cause)}`);
      return false;
    }
  }
}
