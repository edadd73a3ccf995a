import { METRICS, type MetricName } from './catalogue.js';
import { LABELS, type Label, type MetricDefinition, type Unit } from './definition.js';
import { BUCKETS_S, type Metrics, type Series } from './metrics.js';

/** Of the text that Prometheus reads. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const SUFFIXES: Partial<Record<Unit, string>> = { s: '_seconds', By: '_bytes' };

/** What a metric is called in Prometheus, by OpenTelemetry's rules: `signalbox.steps` is `signalbox_steps_total`. */
export function prometheusName(name: MetricName): string {
  const { kind, unit }: MetricDefinition = METRICS[name];
  return `${underscored(name)}${SUFFIXES[unit] ?? ''}${kind === 'counter' ? '_total' : ''}`;
}

/** Every name that a query may ask for. */
export function prometheusSeries(name: MetricName): readonly string[] {
  const called = prometheusName(name);
  return METRICS[name].kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => called + part) : [called];
}

export const prometheusLabel = (label: Label): string => underscored(LABELS[label].attribute);

/** Every label that a metric of the catalogue has. */
export const prometheusLabels = (): readonly string[] => (Object.keys(LABELS) as Label[]).map(prometheusLabel);

/** Everything as text; `origin` says whose it is, by attribute, and stands at every series. */
export function exposition(metrics: Metrics, origin: Readonly<Record<string, string>>): string {
  const whose = Object.entries(origin).map(([attribute, value]) => pair(underscored(attribute), value));
  return metrics
    .read()
    .flatMap(([name, series]) => [
      `# HELP ${prometheusName(name)} ${METRICS[name].help.replaceAll('\\', '\\\\')}`,
      `# TYPE ${prometheusName(name)} ${METRICS[name].kind}`,
      ...series.flatMap((one) => linesOf(prometheusName(name), one, whose)),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(name: string, { labels, value }: Series, whose: readonly string[]): string[] {
  const pairs = [
    ...whose,
    ...Object.entries(labels).map(([label, text]) => pair(prometheusLabel(label as Label), text)),
  ];
  const line = (called: string, number: number, ...more: string[]) =>
    `${called}{${[...pairs, ...more].join()}} ${Number.isFinite(number) ? number : 'NaN'}`;
  if (typeof value === 'number') return [line(name, value)];
  let upTo = 0;
  const buckets = value.counts.map((count, index) => {
    upTo += count;
    return line(`${name}_bucket`, upTo, pair('le', String(BUCKETS_S[index] ?? '+Inf')));
  });
  return [...buckets, line(`${name}_sum`, value.sum), line(`${name}_count`, upTo)];
}

const underscored = (text: string): string => text.replaceAll(/[^a-zA-Z0-9_]/g, '_');

const pair = (label: string, text: string): string =>
  `${label}="${text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)}"`;
