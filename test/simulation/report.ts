import type { Life } from './fleet.js';

const HOUR_MS = 3_600_000;
const SITES = 3;

export interface FoundViolation {
  readonly seed: number;
  readonly invariant: string;
  readonly says: string;
}

export interface Report {
  readonly seeds: number;
  /** Three sites for every hour that passed. */
  readonly siteHours: number;
  /** What running loops lived through of it; the rest was quiet, and skipped. */
  readonly siteHoursLived: number;
  readonly siteHoursPerCoreHour: number;
  readonly runs: number;
  readonly runsByEnd: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly violations: readonly FoundViolation[];
  /** Seeds that were lived through twice. */
  readonly sampled: number;
  readonly traceHashMismatches: number;
}

/** Adds up what many lives came to. */
export class Tally {
  private seeds = 0;
  private worldMs = 0;
  private livedMs = 0;
  private cpuMs = 0;
  private sampled = 0;
  private mismatches = 0;
  private readonly runs = new Map<string, number>();
  private readonly faults = new Map<string, number>();
  private readonly violations: FoundViolation[] = [];

  add({ seed, worldMs, livedMs, cpuMs, runs, faults, violations, isRepeatable }: Life): void {
    this.seeds += 1;
    this.worldMs += worldMs;
    this.livedMs += livedMs;
    this.cpuMs += cpuMs;
    for (const [end, count] of Object.entries(runs)) this.runs.set(end, (this.runs.get(end) ?? 0) + count);
    for (const kind of faults) this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    for (const { invariant, says } of violations) this.violations.push({ seed, invariant, says });
    if (isRepeatable !== undefined) this.sampled += 1;
    if (isRepeatable === false) this.mismatches += 1;
  }

  get report(): Report {
    const { seeds, worldMs, livedMs, cpuMs, violations, sampled, mismatches } = this;
    const siteHours = (SITES * worldMs) / HOUR_MS;
    return {
      seeds,
      siteHours: Math.round(siteHours),
      siteHoursLived: Math.round((SITES * livedMs) / HOUR_MS),
      siteHoursPerCoreHour: Math.round(siteHours / (cpuMs / HOUR_MS)),
      runs: [...this.runs.values()].reduce((sum, count) => sum + count, 0),
      runsByEnd: sorted(this.runs),
      faults: sorted(this.faults),
      violations: violations.toSorted((one, other) => one.seed - other.seed),
      sampled,
      traceHashMismatches: mismatches,
    };
  }
}

const sorted = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].toSorted(([one], [other]) => one.localeCompare(other)));
