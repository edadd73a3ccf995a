import { describe, expect, it } from '@jest/globals';
import { WholeLog, type StoredWholeRecord, type WholePage } from '#libs/kafka';
import { NewerWrites } from './newer-writes.js';
import { withOrigin } from './provenance.js';

class HandLog extends WholeLog {
  readonly records: StoredWholeRecord[] = [];
  override async read(_topic: string, _partition: number, from: number): Promise<WholePage> {
    const end = this.records.length;
    return {
      records: this.records.slice(from, from + 2),
      aborted: 0,
      next: Math.min(from + 2, end),
      stableEnd: end,
      end,
    };
  }
  put(key: string, timestamp: number): this {
    const offset = this.records.length;
    this.records.push({ key: Buffer.from(key), value: Buffer.from('v'), headers: [], timestamp, offset });
    return this;
  }
}
const stranded = (key: string | null, timestamp: number) => ({
  key: key === null ? null : Buffer.from(key),
  timestamp,
});

describe(NewerWrites.name, () => {
  const watching = (log: HandLog, from = 0, conflicts: 'keep-newest' | 'serving-site-wins' = 'keep-newest') => {
    const newer = new NewerWrites(log, { topic: 'orders', partition: 0, from }, conflicts);
    for (const key of ['k', 'l']) newer.expect(stranded(key, 0));
    return newer;
  };

  it('counts what was written from the promotion on, and a write of the same time for the serving site', async () => {
    const newer = watching(new HandLog().put('k', 99).put('k', 10).put('l', 20).put('m', 99), 1);
    await newer.follow();
    const told = [stranded('k', 9), stranded('k', 10), stranded('k', 11), stranded('l', 21), stranded(null, 0)];
    expect(told.map((record) => newer.supersede(record))).toEqual([true, true, false, false, false]);
  });

  it('sees what clients write between two looks', async () => {
    const log = new HandLog();
    const newer = watching(log);
    await newer.follow();
    expect(newer.supersede(stranded('k', 5))).toBe(false);
    log.put('k', 6);
    await newer.follow();
    expect(newer.supersede(stranded('k', 5))).toBe(true);
  });

  it('takes no copy of its own for a write of a client', async () => {
    const log = new HandLog().put('k', 50);
    const [own] = log.records;
    log.records[0] = { ...withOrigin(own!, { site: 'a', topic: 'orders', partition: 0, leftBy: 'r-1' }), offset: 0 };
    const newer = watching(log);
    await newer.follow();
    expect(newer.supersede(stranded('k', 5))).toBe(false);
  });

  it('lets any write of the serving site win, where the policy says so', async () => {
    const newer = watching(new HandLog().put('k', 1), 0, 'serving-site-wins');
    await newer.follow();
    expect([newer.supersede(stranded('k', 5)), newer.supersede(stranded('l', 5))]).toEqual([true, false]);
  });
});
