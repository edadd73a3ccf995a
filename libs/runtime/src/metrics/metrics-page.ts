import { METRICS, type MetricName } from './catalogue.js';
import { LABELS, type Label, type MetricDefinition } from './definition.js';
import { prometheusLabel, prometheusName } from './exposition.js';

const NAMES = Object.keys(METRICS) as MetricName[];
const EVERYBODY = 'every process';

/** docs/metrics.md, from the catalogue. */
export const metricsPage = (): string =>
  [
    '# Metrics',
    '',
    '<!-- Written by `npm run docs` from libs/runtime/src/metrics/catalogue.ts. -->',
    '',
    INTRODUCTION,
    '',
    ...[...new Set(NAMES.map(ownerOf))].flatMap((owner) => section(owner)),
    '## Labels',
    '',
    '| label in Prometheus | attribute | says |',
    '| --- | --- | --- |',
    ...LABELS_OF_ALL.map((label) => `| \`${label.in}\` | \`${label.attribute}\` | ${label.means} |`),
    '',
  ].join('\n');

const INTRODUCTION = `Every process answers \`GET /metrics\` at its own address (\`SIGNALBOX_LISTEN\`) in the text format of
Prometheus. Names and units follow OpenTelemetry: what is \`signalbox.run.duration\` in \`s\` there is
\`signalbox_run_duration_seconds\` here. Nothing waits for a scrape, and none makes a process do anything.
\`observability/\` has alerts and dashboards over them.`;

const LABELS_OF_ALL = [
  { in: 'service_name', attribute: 'service.name', means: 'the kind of process; stands at every series' },
  { in: 'service_instance_id', attribute: 'service.instance.id', means: 'which process; stands at every series' },
  { in: 'signalbox_site', attribute: 'signalbox.site', means: 'where the process runs; stands at every series' },
  ...(Object.keys(LABELS) as Label[]).map((label) => ({ in: prometheusLabel(label), ...LABELS[label] })),
];

const definitionOf = (name: MetricName): MetricDefinition => METRICS[name];

function ownerOf(name: MetricName): string {
  const { of } = definitionOf(name);
  return of === undefined ? EVERYBODY : of.join(', ');
}

const section = (owner: string): string[] => [
  `## Of ${owner}`,
  '',
  '| in Prometheus | in OpenTelemetry | kind, unit | labels | says |',
  '| --- | --- | --- | --- | --- |',
  ...NAMES.filter((name) => ownerOf(name) === owner).map(row),
  '',
];

function row(name: MetricName): string {
  const { kind, unit, labels, help } = definitionOf(name);
  const shown = labels.map((label) => `\`${prometheusLabel(label)}\``).join(', ');
  return `| \`${prometheusName(name)}\` | \`${name}\` | ${kind}, \`${unit}\` | ${shown || '–'} | ${help} |`;
}
