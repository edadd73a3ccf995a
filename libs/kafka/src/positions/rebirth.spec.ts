import { describe, expect, it } from '@jest/globals';
import { rebirthInWords, signsOfRebirth } from './rebirth.js';

const memory = (kafkaClusterId: string, ...ends: number[]) => ({
  kafkaClusterId,
  ends: new Map([['orders', Float64Array.from(ends)]]),
});

describe('signs that a cluster is another one', () => {
  it('are none while everything goes forth, or is not told', () => {
    expect(signsOfRebirth(memory('x', 5, 7), memory('x', 5, 9, 1))).toEqual([]);
    expect(signsOfRebirth(memory('x', 5, 7), memory('x', Number.NaN, 7))).toEqual([]);
    expect(signsOfRebirth(memory('x', 5), { ends: new Map() })).toEqual([]);
  });

  it('are another id, an end that went back, and a partition that is empty or gone', () => {
    const signs = signsOfRebirth(memory('x', 5, 7, 9), memory('y', 4, 0));
    expect(signs.map(rebirthInWords)).toEqual([
      'it calls itself y and was x',
      'orders-0 ends at 4 and ended at 5',
      'orders-1 ends at 0 and ended at 7',
      'orders-2 ends at 0 and ended at 9',
    ]);
    expect(signs.map(({ kind }) => kind)).toEqual(['another-cluster', 'went-backwards', 'emptied', 'emptied']);
  });
});
