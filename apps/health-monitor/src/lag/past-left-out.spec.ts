import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { InMemoryKafka, InMemoryWholeLog, openInMemory, SALVAGED_FROM } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { PastLeftOut } from './past-left-out.js';

const at = (...offsets: readonly number[]) => new Map([['orders', Float64Array.from(offsets)]]);

describe(PastLeftOut.name, () => {
  const options = { cluster: clusterId('b'), timeoutMs: 10, superUsers: ['User:admin'] };
  const source = async (letters: string) => {
    const kafka = new InMemoryKafka(options, new SystemClock()).createTopic('orders');
    const { log } = openInMemory(kafka);
    for (const letter of letters.split(''))
      await log.append('orders', 0, [
        { value: Buffer.from(letter), ...(letter !== letter.toLowerCase() && { headers: { [SALVAGED_FROM]: 'a' } }) },
      ]);
    return {
      kafka,
      mirrored: { whole: new InMemoryWholeLog(kafka, 'User:admin'), isolation: 'read-committed' } as const,
    };
  };
  const told = async (past: PastLeftOut, stored: number, end: number) =>
    [...((await past.of(at(stored), at(end))).get('orders') ?? [])][0];

  it('lets a mirror have arrived that stands before nothing but copies of a salvage', async () => {
    const past = new PastLeftOut((await source('abCD')).mirrored);
    expect(await told(past, 2, 4)).toBe(2);
    expect(await told(past, 2, 4)).toBe(4);
    expect(await told(past, 2, 4)).toBe(4);
  });

  it('leaves alone a mirror that moves, one that is behind, and one of which nothing is known', async () => {
    const past = new PastLeftOut((await source('abcD')).mirrored);
    expect([await told(past, 1, 4), await told(past, 2, 4), await told(past, 2, 4)]).toEqual([1, 2, 2]);
    expect(await told(past, Number.NaN, 4)).toBeNaN();
    expect(await told(past, 4, 4)).toBe(4);
  });

  it('says what it knew while the source does not answer', async () => {
    const { kafka, mirrored } = await source('abCD');
    const past = new PastLeftOut(mirrored);
    await told(past, 2, 4);
    kafka.condition = 'killed';
    expect(await told(past, 2, 4)).toBe(2);
  });
});
