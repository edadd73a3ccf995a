import { describe, expect, it } from '@jest/globals';
import { clusterId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { openInMemory } from '../in-memory.kafka-cluster.js';
import { InMemoryKafka } from '../in-memory.kafka.js';
import { firstToCopy, SALVAGED_FROM } from './left-out.js';

/** One record for each letter: a capital one is a copy that a salvage made. */
const first = async (letters: string, from = 0, end = letters.length): Promise<number> => {
  const options = { cluster: clusterId('a'), timeoutMs: 10, superUsers: ['User:admin'] };
  const { log } = openInMemory(new InMemoryKafka(options, new SystemClock()).createTopic('orders'));
  for (const letter of letters.split(''))
    await log.append('orders', 0, [
      { value: Buffer.from(letter), ...(letter !== letter.toLowerCase() && { headers: { [SALVAGED_FROM]: 'a' } }) },
    ]);
  return firstToCopy(log, 'orders', 0, from, end);
};

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
});
