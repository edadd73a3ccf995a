import type { FailoverSample } from './failover-sample.js';
import { spreadOf, type Spread } from './spread.js';
import { TERMS, type Sample, type Term, type Terms } from './terms.js';

/** What `npm run bench -- failover --json` prints. In milliseconds. */
export interface FailoverReport {
  /** Medians; those of the terms need not add up to that of the whole. */
  readonly figures: {
    readonly aboveDwellMs: number;
    /** The same for the bare calls, without Signalbox. */
    readonly floorMs: number;
    /** How many times the floor. */
    readonly ratio: number;
    readonly terms: Terms;
    readonly floorTerms: Terms;
  };
  readonly spread: { readonly failover: Spreads; readonly floor: Spreads };
  readonly samples: { readonly failover: readonly FailoverSample[]; readonly floor: readonly Sample[] };
}

interface Spreads {
  readonly totalMs: Spread;
  readonly terms: Readonly<Record<Term, Spread>>;
}

export const failoverReport = (failover: readonly FailoverSample[], floor: readonly Sample[]): FailoverReport => {
  const spread = { failover: spreadsOf(failover), floor: spreadsOf(floor) };
  const aboveDwellMs = spread.failover.totalMs.median;
  const floorMs = spread.floor.totalMs.median;
  const figures = {
    aboveDwellMs,
    floorMs,
    ratio: Number((aboveDwellMs / floorMs).toFixed(2)),
    terms: forEachTerm((term) => spread.failover.terms[term].median),
    floorTerms: forEachTerm((term) => spread.floor.terms[term].median),
  };
  return { figures, spread, samples: { failover, floor } };
};

const spreadsOf = (samples: readonly Sample[]): Spreads => ({
  totalMs: spreadOf(samples.map(({ totalMs }) => totalMs)),
  terms: forEachTerm((term) => spreadOf(samples.map(({ terms }) => terms[term]))),
});

const forEachTerm = <T>(of: (term: Term) => T): Readonly<Record<Term, T>> =>
  Object.fromEntries(TERMS.map((term) => [term, of(term)])) as Record<Term, T>;

const MEANINGS: Readonly<Record<Term, string>> = {
  detect: 'end of the dwell to the decision',
  fence: 'seal all, fence A or wait it out',
  mirror: 'stop A→B, deny its principal, positions',
  promote: 'lift the write fence of B',
  dns: 'name and config of B, all name servers asked',
  client: 'first record produced and consumed at B',
};

/** The report as a table. */
export const inWords = ({ figures, spread, samples }: FailoverReport): string => {
  const { failover, floor } = spread;
  return [
    `Failover of a killed site, above the dwell, in ms; floor: the bare calls by a script. ${samples.failover.length} runs.`,
    row('', ['median', 'min', 'max', 'floor'], '').trimEnd(),
    line('above dwell', failover.totalMs, floor.totalMs, `${figures.ratio} times the floor`),
    ...TERMS.map((term) => line(`  ${term}`, failover.terms[term], floor.terms[term], MEANINGS[term])),
  ].join('\n');
};

const line = (name: string, { median, min, max }: Spread, floor: Spread, what: string): string =>
  row(name, [median, min, max, floor.median], what);

const row = (name: string, columns: readonly (string | number)[], what: string): string =>
  `${name.padEnd(12)}${columns.map((column) => String(column).padStart(8)).join('')}  ${what}`;
