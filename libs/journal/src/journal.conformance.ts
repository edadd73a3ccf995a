import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change, Condition, Journal, LeaseId, Revision, WatchEvent } from './journal.js';

export interface JournalUnderTest {
  readonly journal: Journal;
  /** Forgets history before this revision. */
  compact(revision: Revision): Promise<void>;
  /** Lets time pass on the clock that leases live on. */
  elapse(ms: number): Promise<void>;
  end(): Promise<void>;
}

/** A machine that stands still for less than the difference must not cost a lease. */
const LEASE_MS = 5_000;
const RENEW_MS = 500;

const put = (key: string, value: string, lease?: LeaseId): Change => ({ kind: 'put', key, value, lease });
const remove = (key: string): Change => ({ kind: 'delete', key });
const absent = (key: string): Condition => ({ kind: 'absent', key });
const describeEvent = (event: WatchEvent): string =>
  event.kind === 'put' ? `${event.entry.key}=${event.entry.value}` : `${event.key} gone`;

/** What every journal does, whatever it is made of. Each test writes below its own root. */
export function journalConformance(name: string, make: () => Promise<JournalUnderTest>): void {
  describe(`${name} › conforms`, () => {
    let under: JournalUnderTest;
    let journal: Journal;
    let root: string;
    let tests = 0;

    beforeEach(async () => {
      under = await make();
      journal = under.journal;
      root = `/conformance/${++tests}/`;
    });
    afterEach(() => under?.end());

    const committed = async (conditions: readonly Condition[], ...changes: readonly Change[]): Promise<Revision> => {
      const outcome = await journal.commit({ conditions, changes });
      if (!outcome.committed) throw new Error('a condition did not hold');
      return outcome.revision;
    };
    const isCommitted = async (condition: Condition, ...changes: readonly Change[]): Promise<boolean> =>
      (await journal.commit({ conditions: [condition], changes })).committed;
    const values = async (...names: readonly string[]): Promise<readonly string[]> =>
      (await journal.read(...names)).entries.map(({ key, value }) => `${key.slice(root.length)}=${value}`);
    const eventually = async (holds: () => boolean | Promise<boolean>, withinMs = 60_000): Promise<void> => {
      for (let waitedMs = 0; !(await holds()); waitedMs += 50) {
        if (waitedMs > withinMs) throw new Error(`not so within ${withinMs} ms: ${String(holds)}`);
        await under.elapse(50);
      }
    };
    const watched = (after: Revision, at = root) => {
      const calls: string[][] = [];
      const stop = journal.watch(at, after, {
        onEvents: (events) => calls.push(events.map((event) => describeEvent(event).slice(root.length))),
        onGap: () => calls.push(['gap']),
      });
      return { calls, stop };
    };

    it('reads what was committed, ordered by key, with the revision of the last change', async () => {
      const first = await committed([], put(`${root}b`, '1'));
      const second = await committed([], put(`${root}a`, 'ä\n'), put(`${root}c`, ''));
      const { revision, entries } = await journal.read(root);
      expect(entries).toEqual([
        { key: `${root}a`, value: 'ä\n', revision: second },
        { key: `${root}b`, value: '1', revision: first },
        { key: `${root}c`, value: '', revision: second },
      ]);
      expect(revision).toBe(second);
      expect(second).toBeGreaterThan(first);
    });

    it('takes a name without a slash for one key and a name with a slash for all keys under it', async () => {
      await committed([], put(`${root}step`, '1'), put(`${root}step-2`, '2'), put(`${root}step/x`, '3'));
      expect(await values(`${root}step`)).toEqual(['step=1']);
      expect(await values(`${root}step/`)).toEqual(['step/x=3']);
      expect(await values(root)).toEqual(['step=1', 'step-2=2', 'step/x=3']);
    });

    it('reads several names at one revision and names no key twice', async () => {
      await committed([], put(`${root}a/1`, '1'), put(`${root}b/1`, '2'), put(`${root}c`, '3'));
      expect(await values(`${root}b/`, `${root}a/1`, `${root}a/`, `${root}nothing`)).toEqual(['a/1=1', 'b/1=2']);
    });

    it('makes all changes when every condition holds and none otherwise', async () => {
      const revision = await committed([absent(`${root}a`)], put(`${root}a`, '1'), put(`${root}b`, '1'));
      const stale = [absent(`${root}c`), absent(`${root}a`)];
      expect(await journal.commit({ conditions: stale, changes: [put(`${root}a`, '2'), remove(`${root}b`)] })).toEqual({
        committed: false,
      });
      expect(await values(root)).toEqual(['a=1', 'b=1']);
      expect((await journal.read(root)).revision).toBe(revision);
    });

    it('compares absence, revision and value', async () => {
      const key = `${root}a`;
      const first = await committed([absent(key)], put(key, '1'));
      expect(await isCommitted({ kind: 'equals', key, value: '2' }, put(key, 'no'))).toBe(false);
      expect(await isCommitted({ kind: 'equals', key, value: '1' }, put(key, '1'))).toBe(true);
      expect(await isCommitted({ kind: 'unchanged', key, revision: first }, put(key, 'no'))).toBe(false);
      expect(await isCommitted({ kind: 'equals', key: `${root}none`, value: '' }, put(key, 'no'))).toBe(false);
      const { revision } = (await journal.read(key)).entries[0]!;
      expect(await isCommitted({ kind: 'unchanged', key, revision }, remove(key))).toBe(true);
      expect(await isCommitted({ kind: 'unchanged', key, revision }, put(key, 'no'))).toBe(false);
      expect(await isCommitted(absent(key), put(key, 'back'))).toBe(true);
    });

    it('lets exactly one of many claimants win', async () => {
      const claims = Array.from({ length: 10 }, (_, i) => isCommitted(absent(`${root}a`), put(`${root}a`, `${i}`)));
      expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    });

    it('deletes what is not there without a trace', async () => {
      const { revision } = await journal.read(root);
      await committed([], remove(`${root}a`));
      expect((await journal.read(root)).revision).toBe(revision);
    });

    it('refuses a transaction that changes one key twice', async () => {
      const changes = [put(`${root}a`, '1'), remove(`${root}a`)];
      await expect(journal.commit({ conditions: [], changes })).rejects.toThrow(`${root}a twice`);
    });

    it('delivers every change after a revision in order, one call per revision', async () => {
      const first = await committed([], put(`${root}a`, '1'));
      await committed([], put(`${root}a`, '2'), put(`${root}b`, '1'), put('/conformance/elsewhere', '1'));
      const { calls } = watched(first);
      await committed([], remove(`${root}a`));
      await committed([], put(`${root}b`, '2'));
      await eventually(() => calls.flat().includes('b=2'));
      expect(calls.flat()).toEqual(['a=2', 'b=1', 'a gone', 'b=2']);
      expect(calls.some((call) => call.join() === 'a=2' || call.join() === 'b=1')).toBe(false);
    });

    it('watches one key, or nothing any more once stopped', async () => {
      const { revision } = await journal.read(root);
      const one = watched(revision, `${root}a`);
      const none = watched(revision);
      none.stop();
      await committed([], put(`${root}ab`, '1'));
      await committed([], put(`${root}a`, '1'));
      await eventually(() => one.calls.length > 0);
      expect(one.calls).toEqual([['a=1']]);
      expect(none.calls).toEqual([]);
    });

    it('delivers asynchronously, so that a writer is done before its watchers hear of it', async () => {
      const { revision } = await journal.read(root);
      const { calls } = watched(revision);
      const commit = committed([], put(`${root}a`, '1'));
      expect(calls).toEqual([]);
      await commit;
      await eventually(() => calls.length === 1);
    });

    it('reports a gap when the history asked for was compacted away, and ends that watch', async () => {
      const first = await committed([], put(`${root}a`, '1'));
      await committed([], put(`${root}a`, '2'));
      const third = await committed([], put(`${root}a`, '3'));
      await under.compact(third);
      const { calls } = watched(first);
      await eventually(() => calls.length > 0);
      await committed([], put(`${root}a`, '4'));
      const later = watched(third);
      await eventually(() => later.calls.length > 0);
      expect(calls).toEqual([['gap']]);
      expect(later.calls).toEqual([['a=4']]);
    });

    it('goes on with a watch when history that it has seen is compacted away', async () => {
      const { calls } = watched(await committed([], put(`${root}a`, '1')));
      const second = await committed([], put(`${root}a`, '2'));
      await eventually(() => calls.length === 1);
      await under.compact(second);
      await committed([], put(`${root}a`, '3'));
      await eventually(() => calls.length === 2);
      expect(calls).toEqual([['a=2'], ['a=3']]);
    });

    it('deletes the keys of a lease that is not renewed, all at one revision', async () => {
      const { revision } = await journal.read(root);
      const { calls } = watched(revision);
      const lease = await journal.grantLease(LEASE_MS);
      await committed([], put(`${root}a`, '1', lease), put(`${root}b`, '1', lease), put(`${root}c`, '1'));
      await eventually(async () => (await values(root)).length === 1);
      expect(await values(root)).toEqual(['c=1']);
      await eventually(() => calls.length === 2);
      expect(calls[1]?.toSorted()).toEqual(['a gone', 'b gone']);
    });

    it('keeps the keys of a lease for as long as it is renewed', async () => {
      const lease = await journal.grantLease(LEASE_MS);
      await committed([], put(`${root}a`, '1', lease));
      for (let elapsedMs = 0; elapsedMs < 1.5 * LEASE_MS; elapsedMs += RENEW_MS) {
        await under.elapse(RENEW_MS);
        expect(await journal.renewLease(lease)).toBe(true);
      }
      expect(await values(root)).toEqual(['a=1']);
    });

    it('keeps a key whose last change was not bound to the lease', async () => {
      const lease = await journal.grantLease(60_000);
      await committed([], put(`${root}a`, '1', lease), put(`${root}b`, '1', lease));
      await committed([], put(`${root}a`, '2'));
      await journal.revokeLease(lease);
      expect(await values(root)).toEqual(['a=2']);
    });

    it('says so when a lease is gone, and commits nothing that is bound to it', async () => {
      const lease = await journal.grantLease(60_000);
      await journal.revokeLease(lease);
      await journal.revokeLease(lease);
      expect(await journal.renewLease(lease)).toBe(false);
      const changes = [put(`${root}a`, '1', lease), put(`${root}b`, '1')];
      expect(await journal.commit({ conditions: [], changes })).toEqual({ committed: false });
      expect(await values(root)).toEqual([]);
    });

    it('misses nobody while all is well', () => {
      expect(journal.missing()).toEqual([]);
    });
  });
}
