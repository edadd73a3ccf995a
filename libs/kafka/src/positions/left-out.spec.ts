import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { InMemoryWholeLog } from '../copying/in-memory.whole-log.js';
import { WholeLog, type WholePage, type WholeReadOptions } from '../copying/whole-log.js';
import { openInMemory } from '../in-memory.kafka-cluster.js';
import { InMemoryKafka } from '../in-memory.kafka.js';
import type { Isolation } from '../sweep/offset-sweep.js';
import { firstToCopy, SALVAGED_FROM } from './left-out.js';

const COMMITTED = { isolation: 'read-committed' } as const;

/** One record for each letter: a capital one is a copy that a salvage made. */
const first = async (letters: string, from = 0, end = letters.length): Promise<number> => {
  const options = { cluster: clusterId('a'), timeoutMs: 10, superUsers: ['User:admin'] };
  const kafka = new InMemoryKafka(options, new SystemClock()).createTopic('orders');
  const { log } = openInMemory(kafka);
  for (const letter of letters.split(''))
    await log.append('orders', 0, [
      { value: Buffer.from(letter), ...(letter !== letter.toLowerCase() && { headers: { [SALVAGED_FROM]: 'a' } }) },
    ]);
  return firstToCopy({ ...COMMITTED, whole: new InMemoryWholeLog(kafka, 'User:admin') }, 'orders', 0, from, end);
};

/**
 * A log with transactions: `r` is a committed record, `x` one that was taken back, `m` a marker, `?` one that is not
 * decided yet. A page holds one batch.
 */
class TransactionalLog extends WholeLog {
  constructor(private readonly letters: string) {
    super();
  }

  override async read(_topic: string, _partition: number, from: number, options: WholeReadOptions): Promise<WholePage> {
    const { isolation } = options;
    const undecided = this.letters.indexOf('?');
    const [end, stableEnd] = [this.letters.length, undecided < 0 ? this.letters.length : undecided];
    const readable = isolation === 'read-committed' ? stableEnd : end;
    if (from >= readable) return { records: [], aborted: 0, next: Math.max(from, readable), stableEnd, end };
    const letter = this.letters[from];
    const counts = letter === 'r' || (isolation === 'read-uncommitted' && letter !== 'm');
    const record = { offset: from, timestamp: 0, key: null, value: null, headers: [] };
    return { records: counts ? [record] : [], aborted: letter === 'x' ? 1 : 0, next: from + 1, stableEnd, end };
  }
}

const behind = (letters: string, isolation: Isolation): Promise<number> =>
  firstToCopy({ whole: new TransactionalLog(letters), isolation }, 'orders', 0, 1, letters.length);

describe(firstToCopy.name, () => {
  it.each([
    ['abc', 1, 1],
    ['aBC', 1, 3],
    ['aBCd', 1, 3],
    ['ABC', 0, 3],
    ['abc', 3, 3],
  ])('in %s from %i on is %i', async (letters, from, expected) => {
    expect(await first(letters, from)).toBe(expected);
  });

  it('is not beyond the end that was asked for', async () => {
    expect(await first('aBCd', 1, 2)).toBe(2);
  });

  it.each([
    ['rxxm', 4],
    ['rmxxmr', 5],
    ['rxxm??', 4],
    ['r??', 1],
  ])('in %s is %i for a mirror that reads committed records', async (letters, expected) => {
    expect(await behind(letters, 'read-committed')).toBe(expected);
  });

  it.each([
    ['rxxm', 1],
    ['rm?', 2],
    ['rmm', 3],
  ])('in %s is %i for one that reads all of them', async (letters, expected) => {
    expect(await behind(letters, 'read-uncommitted')).toBe(expected);
  });
});
