import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { CollectorHealth } from './collector-health.js';
import { CountedSpans } from './counted-spans.js';
import { metricData } from './metric-data.js';
import type { Receiver, Telemetry, TelemetryPorts } from './telemetry-ports.js';

const METRICS_MS = 15_000;
const TIMEOUT_MS = 5_000;

/** OpenTelemetry's own SDK: it records, batches and sends, beside the work and without ever holding it up or failing it. */
export function startSdk({ endpoint, origin }: Receiver, ports: TelemetryPorts): Telemetry {
  const resource = resourceFromAttributes(origin);
  const health = new CollectorHealth(ports.log, ports.clock);
  const to = (what: string) => ({ url: `${endpoint}/v1/${what}`, timeoutMillis: TIMEOUT_MS });
  const traces = new OTLPTraceExporter(to('traces'));
  const spans = new CountedSpans(traces, ports.metrics, health);
  // Who began a trace has decided that it is worth it: a vantage without a collector marks its own as not sampled.
  const provider = new TracerProvider({ resource, sampler: new AlwaysOnSampler(), spanProcessors: [spans] });
  const metrics = new OTLPMetricExporter(to('metrics'));
  const stopMetrics = pushMetrics(metrics, resource, health, ports);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    flush: async () => {
      await provider.forceFlush({ timeoutMillis: TIMEOUT_MS }).catch(() => undefined);
      // What was on its way already is nobody's batch any more.
      await Promise.allSettled([traces.forceFlush(), metrics.forceFlush()]);
    },
    stop: () => {
      stopMetrics();
      trace.disable();
      context.disable();
      propagation.disable();
      provider.shutdown().catch(() => undefined);
    },
  };
}

/** Counters are since now. */
function pushMetrics(
  exporter: OTLPMetricExporter,
  resource: Resource,
  health: CollectorHealth,
  { metrics, clock }: TelemetryPorts,
) {
  const startedAtMs = clock.now();
  const scope = { name: 'signalbox' };
  return clock.every(METRICS_MS, async () => {
    const scopeMetrics = [{ scope, metrics: metricData(metrics, startedAtMs, clock.now()) }];
    exporter.export({ resource, scopeMetrics }, (result) => health.saw(result));
  });
}
