import { METRICS, type LabelsOf, type MetricName, type NameOf } from './catalogue.js';

/** Seconds; from a probe on a LAN to a run that waited for people. */
export const BUCKETS_S: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** A metric that has more is fed from outside: what is new of it is left out, so that memory stays bounded. */
const SERIES_MAX = 5_000;

type Labels = Readonly<Record<string, string>>;

interface Distribution {
  /** One for each bucket, and the last for what is above all of them. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** One set of labels of a metric, with what it is now. */
export interface Series {
  readonly labels: Labels;
  readonly value: number | Distribution;
}

/** What this process counts and measures. Cheap to write, in memory alone, and never a reason for anything to fail. */
export class Metrics {
  private readonly series = new Map<MetricName, Map<string, Series>>();
  private readonly refreshes: (() => void)[] = [];

  /** A counter that only rises; `by` below 0 is ignored. */
  count<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by = 1): void {
    if (!(by >= 0)) return;
    this.put(name, labels, (before) => (typeof before === 'number' ? before : 0) + by);
  }

  /** A counter that somebody else keeps. */
  total<Name extends NameOf<'counter'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.put(name, labels, () => value);
  }

  /** How it is now. */
  set<Name extends NameOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void {
    this.put(name, labels, () => value);
  }

  /** All there is to say of `scope`: series of it that are not in `rows` are gone. */
  replace<Name extends NameOf<'gauge'>>(
    name: Name,
    scope: Partial<LabelsOf<Name>>,
    rows: readonly (readonly [labels: LabelsOf<Name>, value: number])[],
  ): void {
    const kept = this.series.get(name);
    for (const [key, { labels }] of kept ?? []) if (isWithin(labels, scope)) kept?.delete(key);
    for (const [labels, value] of rows) this.set(name, labels, value);
  }

  /** How long something took, in seconds. */
  observe<Name extends NameOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, seconds: number): void {
    this.put(name, labels, (before) => {
      const { counts, sum } = typeof before === 'object' ? before : EMPTY;
      const bucket = BUCKETS_S.findIndex((bound) => seconds <= bound);
      return { counts: counts.with(bucket, (counts.at(bucket) ?? 0) + 1), sum: sum + seconds };
    });
  }

  /** `refresh` is called before each reading; it must not throw. */
  beforeReading(refresh: () => void): void {
    this.refreshes.push(refresh);
  }

  /** What is there now, in the order of the catalogue; a metric without series is left out. */
  read(): readonly (readonly [MetricName, readonly Series[]])[] {
    for (const refresh of this.refreshes) refresh();
    return (Object.keys(METRICS) as MetricName[]).flatMap((name) => {
      const series = [...(this.series.get(name)?.values() ?? [])];
      return series.length === 0 ? [] : [[name, series] as const];
    });
  }

  private put(name: MetricName, labels: Labels, next: (before: Series['value'] | undefined) => Series['value']): void {
    const kept = this.series.get(name) ?? new Map<string, Series>();
    this.series.set(name, kept);
    const key = JSON.stringify(METRICS[name].labels.map((label) => labels[label]));
    if (kept.size >= SERIES_MAX && !kept.has(key)) return;
    kept.set(key, { labels, value: next(kept.get(key)?.value) });
  }
}

const EMPTY: Distribution = { counts: Array.from({ length: BUCKETS_S.length + 1 }, () => 0), sum: 0 };

const isWithin = (labels: Labels, scope: Partial<Labels>): boolean =>
  Object.entries(scope).every(([label, value]) => labels[label] === value);
