import { describe, expect, it } from '@jest/globals';
import { METRICS, prometheusLabels, prometheusSeries, type MetricName } from '#libs/runtime';
import { checkedInFiles } from '../architecture/checkout.js';
import { alertRules, casesOf, dashboard } from './alert-rules.js';

const SERIES = (Object.keys(METRICS) as MetricName[]).flatMap((name) => prometheusSeries(name));
const LABELS = ['service_name', 'service_instance_id', 'signalbox_site', ...prometheusLabels()];

/** Names of ours in a query that are neither a metric nor a label. Values of labels stand in quotes. */
const unknownIn = (expr: string): string[] =>
  [...expr.replaceAll(/"[^"]*"/g, '').matchAll(/\b(?:signalbox|process|nodejs|service)_\w+/g)]
    .map(([name]) => name)
    .filter((name) => !SERIES.includes(name) && !LABELS.includes(name));

describe('observability/alerts.yaml', () => {
  it.each(alertRules())('$alert asks for metrics that exist, fires once and is quiet once', ({ alert, expr }) => {
    expect(unknownIn(expr)).toEqual([]);
    expect(SERIES.some((name) => expr.includes(name))).toBe(true);
    const { firing, quiet } = casesOf(alert);
    expect([firing > 0, quiet > 0]).toEqual([true, true]);
  });

  it('would be seen to ask for what does not exist', () => {
    expect(unknownIn('max(signalbox_nothing) by (signalbox_group)')).toEqual(['signalbox_nothing']);
  });
});

const dashboards = checkedInFiles().filter((file) => file.startsWith('observability/dashboards/'));

describe('observability/dashboards', () => {
  it.each(dashboards)('%s shows metrics that exist', (file) => {
    const exprs = dashboard(file).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(exprs.flatMap(unknownIn)).toEqual([]);
  });

  it('are more than none', () => expect(dashboards.length).toBeGreaterThan(1));
});
