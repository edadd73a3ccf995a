import type { Attributes } from '@opentelemetry/api';
import { METRICS, type MetricName } from '../metrics/catalogue.js';
import { LABELS, type Label } from '../metrics/definition.js';
import { BUCKETS_S, type Metrics, type Series } from '../metrics/metrics.js';
import type { FinishedSpan } from './finished-span.js';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
/** Of the process, as resource attributes. */
type Origin = Readonly<Record<string, string>>;

const SCOPE = { name: 'signalbox' };
const CUMULATIVE = 2;

/** The JSON of OTLP over HTTP, `/v1/traces`. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
export const traceExport = (spans: readonly FinishedSpan[], origin: Origin): Json => ({
  resourceSpans: [{ resource: resourceOf(origin), scopeSpans: [{ scope: SCOPE, spans: spans.map(spanOf) }] }],
});

/** The same for `/v1/metrics`; counters are since `startedAtMs`. */
export const metricExport = (metrics: Metrics, origin: Origin, startedAtMs: number, nowMs: number): Json => ({
  resourceMetrics: [
    {
      resource: resourceOf(origin),
      scopeMetrics: [
        {
          scope: SCOPE,
          metrics: metrics.read().map(([name, series]) => {
            const points = series.map((one) => pointOf(one, nanos(startedAtMs), nanos(nowMs)));
            const { unit, help: description } = METRICS[name];
            return { name, unit, description, ...dataOf(name, points) };
          }),
        },
      ],
    },
  ],
});

const resourceOf = (origin: Origin): Json => ({ attributes: attributesOf(origin) });

const spanOf = ({ links, ...span }: FinishedSpan): Json => ({
  traceId: span.traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
  name: span.name,
  // Zero is unspecified there.
  kind: span.kind + 1,
  startTimeUnixNano: nanos(span.startedAtMs),
  endTimeUnixNano: nanos(span.endedAtMs),
  attributes: attributesOf(span.attributes),
  links: links.map(({ traceId, spanId }) => ({ traceId, spanId })),
  status: { code: span.status.code, ...(span.status.message !== undefined && { message: span.status.message }) },
});

function dataOf(name: MetricName, dataPoints: readonly Json[]): { readonly [key: string]: Json } {
  const aggregationTemporality = CUMULATIVE;
  switch (METRICS[name].kind) {
    case 'counter':
      return { sum: { aggregationTemporality, isMonotonic: true, dataPoints } };
    case 'gauge':
      return { gauge: { dataPoints } };
    case 'histogram':
      return { histogram: { aggregationTemporality, dataPoints } };
  }
}

function pointOf({ labels, value }: Series, startTimeUnixNano: string, timeUnixNano: string): Json {
  const named = Object.entries(labels).map(([label, text]) => [LABELS[label as Label].attribute, text]);
  const point = { attributes: attributesOf(Object.fromEntries(named)), startTimeUnixNano, timeUnixNano };
  if (typeof value === 'number') return { ...point, asDouble: value };
  const count = value.counts.reduce((sum, each) => sum + each, 0);
  return {
    ...point,
    count: String(count),
    sum: value.sum,
    bucketCounts: value.counts.map(String),
    explicitBounds: BUCKETS_S,
  };
}

const attributesOf = (attributes: Attributes): Json =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: valueOf(value) }],
  );

function valueOf(value: NonNullable<Attributes[string]>): Json {
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return typeof value === 'boolean'
    ? { boolValue: value }
    : { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}

const nanos = (ms: number): string => `${Math.round(ms * 1_000)}000`;
