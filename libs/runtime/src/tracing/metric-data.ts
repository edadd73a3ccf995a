import { ValueType, type Attributes, type HrTime } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type DataPoint, type MetricData } from '@opentelemetry/sdk-metrics';
import { METRICS, type MetricName } from '../metrics/catalogue.js';
import { LABELS, type Label } from '../metrics/definition.js';
import { BUCKETS_S, type Metrics, type Series } from '../metrics/metrics.js';

/** The catalogue as it is now, for an exporter of OpenTelemetry; counters are since `startedAtMs`. */
export const metricData = (metrics: Metrics, startedAtMs: number, nowMs: number): MetricData[] => {
  const time = { startTime: hrTime(startedAtMs), endTime: hrTime(nowMs) };
  return metrics.read().map(([name, series]) => dataOf(name, series, time));
};

type Time = Pick<DataPoint<unknown>, 'startTime' | 'endTime'>;

function dataOf(name: MetricName, series: readonly Series[], time: Time): MetricData {
  const { kind, unit, help: description } = METRICS[name];
  const descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
  switch (kind) {
    case 'counter':
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: numbers(series, time) };
    case 'gauge':
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints: numbers(series, time) };
    case 'histogram':
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(series, time) };
  }
}

const numbers = (series: readonly Series[], time: Time): DataPoint<number>[] =>
  series.flatMap(({ labels, value }) =>
    typeof value === 'number' ? [{ ...time, attributes: attributesOf(labels), value }] : [],
  );

const histograms = (series: readonly Series[], time: Time) =>
  series.flatMap(({ labels, value }) => {
    if (typeof value === 'number') return [];
    const counts = [...value.counts];
    const count = counts.reduce((sum, each) => sum + each, 0);
    const buckets = { boundaries: [...BUCKETS_S], counts };
    return [{ ...time, attributes: attributesOf(labels), value: { buckets, count, sum: value.sum } }];
  });

const attributesOf = (labels: Series['labels']): Attributes =>
  Object.fromEntries(Object.entries(labels).map(([label, text]) => [LABELS[label as Label].attribute, text]));

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)];
