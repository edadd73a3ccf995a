import { EtcdJournal, type Change, type Condition, type Journal } from '#libs/journal';
import { SystemClock } from '#libs/runtime';
import { RealEtcd } from '../support/real-etcd.js';
import { BenchError } from './bench-error.js';
import { failoverInJournal, type FailoverInJournal } from './failover-in-journal.js';
import { yearIn, type YearFigures } from './journal-year.js';

const REQUEST_TIMEOUT_MS = 20_000;
const WARM_UP = 50;
const clock = new SystemClock();

/** What `npm run bench -- journal --json` prints. */
export interface JournalReport {
  readonly figures: {
    /** One transaction after the other, on three members that write to disk before they answer. */
    readonly transactionMs: { readonly p50: number; readonly p99: number; readonly max: number };
    readonly transactions: number;
    /** Of one failover. */
    readonly failover: Pick<FailoverInJournal, 'transactions' | 'byLeader' | 'byWorkers' | 'steps'>;
    readonly year: YearFigures;
  };
}

/** The journal alone, on three members of its own. */
export async function benchJournal(transactions: number, say: (line: string) => void): Promise<JournalReport> {
  const failover = await failoverInJournal();
  const etcd = await RealEtcd.start(3, { isDurable: true });
  const journal = new EtcdJournal({ endpoints: etcd.endpoints, requestTimeoutMs: REQUEST_TIMEOUT_MS }, clock);
  try {
    say(`${transactions} transactions, one after the other`);
    const samples = await timed(journal, failover, transactions);
    say('a year of records');
    const year = await yearIn(etcd, journal, failover, say);
    const at = (share: number) =>
      tenths(samples[Math.min(samples.length - 1, Math.floor(share * samples.length))] ?? NaN);
    const { byLeader, byWorkers, steps } = failover;
    return {
      figures: {
        transactionMs: { p50: at(0.5), p99: at(0.99), max: at(1) },
        transactions,
        failover: { transactions: failover.transactions, byLeader, byWorkers, steps },
        year,
      },
    };
  } finally {
    await journal.close();
    await etcd.end();
  }
}

/** As a leader opens a step: compares leader, epoch, state and the end of the chain, writes five records. Sorted. */
async function timed(journal: Journal, { sizes }: FailoverInJournal, transactions: number): Promise<readonly number[]> {
  const key = (name: string) => `/signalbox/bench/${name}`;
  const put = (name: string, bytes: number): Change => ({ kind: 'put', key: key(name), value: 'x'.repeat(bytes) });
  const fixed = [put('leader', 20), put('epoch', 1)];
  await journal.commit({ conditions: [], changes: fixed });
  const samples: number[] = [];
  for (let n = 0; n < WARM_UP + transactions; n++) {
    const conditions: Condition[] = [
      { kind: 'equals', key: key('leader'), value: 'x'.repeat(20) },
      { kind: 'equals', key: key('epoch'), value: 'x' },
      { kind: 'absent', key: key(`audit/${n}`) },
    ];
    const changes = [
      put('state', sizes.state),
      put(`audit/${n}`, sizes.audit),
      put('head', 100),
      put('step', sizes.step),
      put('open-step', 60),
    ];
    const sinceMs = clock.monotonicMs();
    const { committed } = await journal.commit({ conditions, changes });
    if (!committed) throw new BenchError('a transaction of the bench was refused');
    if (n >= WARM_UP) samples.push(clock.monotonicMs() - sinceMs);
  }
  return samples.toSorted((one, other) => one - other);
}

const tenths = (ms: number): number => Number(ms.toFixed(1));

/** The report as text. */
export function journalInWords({ figures: { transactionMs, transactions, failover, year } }: JournalReport): string {
  const { p50, p99, max } = transactionMs;
  const { assumed, megabytes } = year;
  return [
    `Journal transaction on three members, loopback, with fsync, ms: p50 ${p50}, p99 ${p99}, max ${max} (${transactions}).`,
    `Transactions of one failover of ${failover.steps} steps: ${failover.transactions} ` +
      `(${failover.byLeader} by the leader, ${failover.byWorkers} by workers).`,
    `A year of ${assumed.groups} groups, each with ${assumed.runsPerGroup} runs and ${assumed.otherEntriesPerGroup} ` +
      `other audit entries, runs kept ${assumed.retentionDays} days, the last hour of votes not compacted: ` +
      `${megabytes.written} MB, ${megabytes.compacted} MB compacted and defragmented.`,
  ].join('\n');
}
