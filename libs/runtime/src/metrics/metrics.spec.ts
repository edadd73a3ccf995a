import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { InMemoryLog } from '../log.js';
import { ProcessReadiness } from '../readiness.js';
import { METRICS, type MetricName } from './catalogue.js';
import type { MetricDefinition } from './definition.js';
import { exposition, prometheusName, prometheusSeries } from './exposition.js';
import { Metrics } from './metrics.js';
import { watchProcess } from './process-metrics.js';

const text = (metrics: Metrics) => exposition(metrics, { 'service.name': 'tiny' }).split('\n');

describe('Metrics', () => {
  it('counts, from nothing when it is told to, and never down', () => {
    const metrics = new Metrics();
    metrics.count('signalbox.votes.dropped', {}, 0);
    expect(text(metrics)).toContain('signalbox_votes_dropped_total{service_name="tiny"} 0');
    metrics.count('signalbox.votes.dropped', {});
    metrics.count('signalbox.votes.dropped', {}, -5);
    expect(text(metrics)).toContain('signalbox_votes_dropped_total{service_name="tiny"} 1');
  });

  it('forgets what is no longer so, within what it is told of', () => {
    const metrics = new Metrics();
    metrics.set('signalbox.group.veto', { group: 'g', veto: 'frozen' }, 1);
    metrics.set('signalbox.group.veto', { group: 'other', veto: 'frozen' }, 1);
    metrics.replace('signalbox.group.veto', { group: 'g' }, [[{ group: 'g', veto: 'storm' }, 1]]);
    const lines = text(metrics).filter((line) => line.startsWith('signalbox_group_veto{'));
    expect(lines.map((line) => /group="(\w+)",signalbox_veto="(\w+)"/.exec(line)?.slice(1))).toEqual([
      ['other', 'frozen'],
      ['g', 'storm'],
    ]);
  });

  it('sorts durations into cumulated buckets', () => {
    const metrics = new Metrics();
    for (const seconds of [0.02, 0.02, 7, 1_000]) {
      metrics.observe('signalbox.run.duration', { kind: 'failover', outcome: 'completed' }, seconds);
    }
    const of = '{service_name="tiny",signalbox_run_kind="failover",signalbox_outcome="completed"';
    expect(text(metrics)).toEqual(
      expect.arrayContaining([
        '# TYPE signalbox_run_duration_seconds histogram',
        `signalbox_run_duration_seconds_bucket${of},le="0.01"} 0`,
        `signalbox_run_duration_seconds_bucket${of},le="0.025"} 2`,
        `signalbox_run_duration_seconds_bucket${of},le="10"} 3`,
        `signalbox_run_duration_seconds_bucket${of},le="+Inf"} 4`,
        `signalbox_run_duration_seconds_sum${of}} 1007.04`,
        `signalbox_run_duration_seconds_count${of}} 4`,
      ]),
    );
  });

  it('cannot be broken by what is in a label, nor filled', () => {
    const metrics = new Metrics();
    metrics.set('signalbox.component.up', { component: 'a"b\\c\nd' }, 1);
    expect(text(metrics)).toContain(
      String.raw`signalbox_component_up{service_name="tiny",signalbox_component="a\"b\\c\nd"} 1`,
    );
    for (let n = 0; n < 6_000; n++) metrics.set('signalbox.component.up', { component: `c${n}` }, 1);
    expect(text(metrics).length).toBeLessThan(5_010);
  });
});

describe('what a process tells of itself', () => {
  it('says that it turns and what it has, and its clock is seen to jump', async () => {
    const clock = new VirtualClock();
    const log = new InMemoryLog();
    const readiness = new ProcessReadiness(log, clock);
    const metrics = new Metrics();
    const stop = watchProcess(metrics, clock, readiness);
    readiness.started();
    readiness.ready('journal');
    readiness.missing('redis', 'it is away');
    const found = () => new Map(metrics.read().map(([name, series]) => [name, series]));
    expect(found().get('signalbox.ready')).toEqual([{ labels: {}, value: 1 }]);
    expect(found().get('signalbox.component.up')).toEqual([
      { labels: { component: 'journal' }, value: 1 },
      { labels: { component: 'redis' }, value: 0 },
    ]);
    stop();
  });
});

describe('the catalogue', () => {
  const names = Object.keys(METRICS) as MetricName[];

  it('has one series name for one thing, and counters alone end in _total', () => {
    const series = names.flatMap((name) => prometheusSeries(name));
    expect(new Set(series).size).toBe(series.length);
    for (const name of names) expect(prometheusName(name).endsWith('_total')).toBe(METRICS[name].kind === 'counter');
  });

  it.each(names)('%s is named as OpenTelemetry names things, and its help is a sentence', (name) => {
    const { help, kind, unit }: MetricDefinition = METRICS[name];
    expect(name).toMatch(/^[a-z]+(\.[a-z]+)+$/);
    expect(help).toMatch(/^[A-Z0-9].*\.$/);
    // Histograms are of durations; the buckets are in seconds.
    expect(kind !== 'histogram' || unit === 's').toBe(true);
  });
});
