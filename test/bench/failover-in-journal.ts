import { keys, type Transaction } from '#libs/journal';
import { b, group, Stage } from '../support/group-stage.js';
import { BenchError } from './bench-error.js';

/** What one unplanned failover leaves in the journal, played by the real loop of a leader on virtual time. */
export interface FailoverInJournal {
  readonly transactions: number;
  /** Those that write to the run: its start, each opening, settling and end of a stage, its close. */
  readonly byLeader: number;
  /** A worker takes a step and reports it: two for each one that somebody did. */
  readonly byWorkers: number;
  readonly steps: number;
  /** Values of the run and of its steps. */
  readonly runRecords: readonly string[];
  /** Values of the audit entries from the suspicion to the close. */
  readonly auditEntries: readonly string[];
  /** Mean bytes of a value. */
  readonly sizes: { readonly state: number; readonly audit: number; readonly step: number };
}

export async function failoverInJournal(): Promise<FailoverInJournal> {
  const stage = new Stage();
  const loop = stage.orchestrator('b');
  await stage.guardA();
  await loop.settle();
  await stage.clock.advance(6_000);
  const leads = countLeadersCommits(stage);
  await stage.loseA(5_000);
  const done = await stage.play(loop);
  const { active } = await stage.state();
  if (active !== b) throw new BenchError('the failover that is measured did not come to its end');
  const [run] = await stage.runs();
  const records = (await stage.journal.read(keys.runRecords(run?.id as never))).entries.map(({ value }) => value);
  const audit = (await stage.journal.read(keys.audit(group))).entries.map(({ value }) => value);
  const state = (await stage.journal.read(keys.groupState(group))).entries.map(({ value }) => value);
  const byWorkers = 2 * done.length;
  return {
    transactions: leads() + byWorkers,
    byLeader: leads(),
    byWorkers,
    steps: records.length - 1,
    runRecords: records,
    auditEntries: audit,
    sizes: { state: meanBytes(state), audit: meanBytes(audit), step: meanBytes(records.slice(1)) },
  };
}

/** Workers are played by the stage, without a comparison; the leader compares with every commit. */
function countLeadersCommits({ journal }: Stage): () => number {
  const commit = journal.commit.bind(journal);
  let count = 0;
  journal.commit = (transaction: Transaction) => {
    const ofRun = transaction.changes.some(({ key }) => key.startsWith(keys.runs()));
    if (ofRun && transaction.conditions.length > 0) count += 1;
    return commit(transaction);
  };
  return () => count;
}

const meanBytes = (values: readonly string[]): number =>
  Math.round(values.reduce((sum, value) => sum + Buffer.byteLength(value), 0) / Math.max(1, values.length));
