import type { Change, Journal } from '#libs/journal';
import type { RealEtcd } from '../support/real-etcd.js';
import type { FailoverInJournal } from './failover-in-journal.js';

/** What a year is taken to hold. Every failover-like run leaves what the played one left. */
const ASSUMED = {
  groups: 10,
  /** Two a month, with the way home. */
  runsPerGroup: 48,
  /** Suspicions that pass, freezes, approvals: five a day. */
  otherEntriesPerGroup: 1_825,
  retentionDays: 90,
} as const;

/** Votes of three sites on two clusters every 3 s, between two compactions an hour apart. */
const VOTES = { keys: 6, perKey: 1_200, bytes: 900 } as const;
const AT_ONCE = 100;
const DAYS = 365;

export interface YearFigures {
  readonly assumed: typeof ASSUMED;
  readonly entries: number;
  /** The file of one member. */
  readonly megabytes: { readonly written: number; readonly compacted: number };
}

/** Writes all of a year's records to a real etcd, then does what an operator's etcd does: compacts, and defragments. */
export async function yearIn(
  etcd: RealEtcd,
  journal: Journal,
  failover: FailoverInJournal,
  say: (line: string) => void,
): Promise<YearFigures> {
  let batch: Change[] = [];
  let entries = 0;
  const flush = async () => {
    if (batch.length > 0) await journal.commit({ conditions: [], changes: batch });
    batch = [];
  };
  for (const { key, value } of recordsOfAYear(failover)) {
    batch.push({ kind: 'put', key, value });
    entries += 1;
    if (batch.length === AT_ONCE) await flush();
  }
  await flush();
  await hourOfVotes(journal);
  const written = await megabytesOf(etcd);
  say(`${entries} records are written`);
  const { revision } = await journal.read('/signalbox/bench/head');
  await etcd.post(0, '/v3/kv/compaction', { revision: String(revision), physical: true });
  for (const index of [0, 1, 2]) await etcd.post(index, '/v3/maintenance/defragment', {});
  return { assumed: ASSUMED, entries, megabytes: { written, compacted: await megabytesOf(etcd) } };
}

function* recordsOfAYear({ runRecords, auditEntries }: FailoverInJournal) {
  const kept = Math.ceil((ASSUMED.runsPerGroup * ASSUMED.retentionDays) / DAYS);
  for (let group = 0; group < ASSUMED.groups; group++) {
    for (let run = 0; run < kept; run++) {
      for (const [n, value] of runRecords.entries()) {
        yield { key: `/signalbox/runs/run-20260101-000000-${group}-${run}/steps/some-step-${n}`, value };
      }
    }
    const total = ASSUMED.runsPerGroup * auditEntries.length + ASSUMED.otherEntriesPerGroup;
    for (let n = 0; n < total; n++) {
      const key = `/signalbox/audit/group-${group}/${String(n).padStart(12, '0')}`;
      yield { key, value: auditEntries[n % auditEntries.length] ?? '' };
    }
  }
}

/** What compaction has not reached yet. */
async function hourOfVotes(journal: Journal): Promise<void> {
  const value = 'x'.repeat(VOTES.bytes);
  for (let n = 0; n < VOTES.perKey; n++) {
    const changes = Array.from({ length: VOTES.keys }, (_, vote): Change => {
      return { kind: 'put', key: `/signalbox/votes/kafka-a/${vote}`, value };
    });
    await journal.commit({ conditions: [], changes });
  }
}

async function megabytesOf(etcd: RealEtcd): Promise<number> {
  const { dbSize } = await etcd.post<{ readonly dbSize: string }>(0, '/v3/maintenance/status', {});
  return Number((Number(dbSize) / 1e6).toFixed(1));
}
