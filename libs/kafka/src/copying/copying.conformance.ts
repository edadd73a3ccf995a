import { beforeAll, describe, expect, it } from '@jest/globals';
import { insist } from '../../../../test/support/insist.js';
import type { TransactionalWriter } from './transactional-writer.js';
import type { WholeLog } from './whole-log.js';
import type { StoredWholeRecord, WholeRecord } from './whole-record.js';

const GUARD_MS = 60_000;

/** What every pair of WholeLog and TransactionalWriter does, on one cluster that has no topic `copying-…`. */
export function copyingConformance(make: () => Promise<{ log: WholeLog; writer: TransactionalWriter }>): void {
  describe('copying', () => {
    let log: WholeLog;
    let writer: TransactionalWriter;
    const [ONE, TWO] = ['copying-one', 'copying-two'];
    const record = (value: string, more: Partial<WholeRecord> = {}): WholeRecord => ({
      key: Buffer.from('k'),
      value: Buffer.from(value),
      headers: [],
      timestamp: 1_700_000_000_000,
      ...more,
    });
    const takeOver = (name: string) => writer.takeOver(name, AbortSignal.timeout(GUARD_MS));
    const append = (topic: string, partition: number, ...records: WholeRecord[]) => ({ topic, partition, records });
    const recordsIn = async (topic: string, partition = 0): Promise<readonly StoredWholeRecord[]> => {
      const all: StoredWholeRecord[] = [];
      for (let from = 0; ;) {
        const { records, next } = await log.read(topic, partition, from);
        all.push(...records);
        if (next === from) return all;
        from = next;
      }
    };
    const valuesIn = async (topic: string, partition = 0) =>
      (await recordsIn(topic, partition)).map(({ value }) => String(value));

    beforeAll(async () => {
      ({ log, writer } = await make());
      const forever = { 'retention.ms': '-1' };
      await insist(() => writer.ensureTopic({ topic: ONE!, partitions: 2, settings: forever }));
      await insist(() => writer.ensureTopic({ topic: TWO!, partitions: 1, settings: {} }));
    }, GUARD_MS);

    it(
      'leaves alone a topic that is there',
      async () => {
        await writer.ensureTopic({ topic: TWO!, partitions: 7, settings: {} });
        await expect(log.read(TWO!, 1, 0)).rejects.toMatchObject({ retryable: expect.any(Boolean) });
      },
      GUARD_MS,
    );

    it(
      'reads back whole what was committed, in several topics and partitions',
      async () => {
        const session = await takeOver('signalbox.copying');
        const whole = record('a', {
          key: null,
          timestamp: 1_600_000_000_123,
          headers: [
            [Buffer.from('x'), Buffer.from('1')],
            [Buffer.from('y'), Buffer.from('2')],
          ],
        });
        const tombstone = record('', { value: null });
        expect(await session.commit([append(ONE!, 0, whole, tombstone), append(ONE!, 1, record('b'))])).toBe(
          'committed',
        );
        expect(await session.commit([append(TWO!, 0, record('c')), append(ONE!, 0, record('d'))])).toBe('committed');
        expect((await recordsIn(ONE!)).slice(0, 2)).toEqual([
          { ...whole, offset: 0 },
          { ...tombstone, offset: 1 },
        ]);
        expect(await valuesIn(ONE!)).toEqual(['a', 'null', 'd']);
        expect([await valuesIn(ONE!, 1), await valuesIn(TWO!)]).toEqual([['b'], ['c']]);
      },
      GUARD_MS,
    );

    it(
      'shows what was committed to whoever reads after it',
      async () => {
        const session = await takeOver('signalbox.seen');
        let { stableEnd } = await log.read(ONE!, 1, 0);
        for (let round = 0; round < 20; round++) {
          expect(await session.commit([append(ONE!, 1, record(`seen-${round}`))])).toBe('committed');
          const { records } = await log.read(ONE!, 1, stableEnd);
          expect(records.map(({ value }) => String(value))).toEqual([`seen-${round}`]);
          ({ stableEnd } = await log.read(ONE!, 1, stableEnd));
        }
      },
      GUARD_MS,
    );

    it(
      'fences whoever wrote under the name before, and takes nothing of them',
      async () => {
        const before = await takeOver('signalbox.fenced');
        expect(await before.commit([append(TWO!, 0, record('first'))])).toBe('committed');
        const after = await takeOver('signalbox.fenced');
        expect(await before.commit([append(TWO!, 0, record('late'))])).toBe('fenced');
        expect(await after.commit([append(TWO!, 0, record('second'))])).toBe('committed');
        expect((await valuesIn(TWO!)).slice(-2)).toEqual(['first', 'second']);
      },
      GUARD_MS,
    );

    it(
      'takes nothing of what cannot be taken whole',
      async () => {
        const session = await takeOver('signalbox.whole');
        const outcome = session.commit([
          append(TWO!, 0, record('not alone')),
          append('copying-nowhere', 0, record('x')),
        ]);
        await expect(outcome).rejects.toMatchObject({ code: expect.stringMatching(/^SB_/) });
        expect(await valuesIn(TWO!)).not.toContain('not alone');
      },
      GUARD_MS,
    );
  });
}
