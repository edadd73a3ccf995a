import { describe, expect, it } from '@jest/globals';
import { compareHome, problemsOf, type Home } from './homecoming.js';
import type { LaidDown } from './segment-log.js';
import { COMPACTED, PLAIN } from './topics.js';

/** `a-7` at offset 7 of the plain topic. */
const laid = (id: string, offset: number, change: Partial<LaidDown> = {}): LaidDown => ({
  topic: PLAIN,
  partition: 0,
  offset,
  timestamp: 1_000 + offset,
  key: id,
  id,
  headers: [],
  ...change,
});
const state = (id: string, offset: number, timestamp: number): LaidDown =>
  laid(id, offset, { topic: COMPACTED, key: 'key-1', timestamp });
const replayed = { headers: ['signalbox.origin-site'] };
const ids = { 'a orders-0': 'one', 'b orders-0': 'two' };
const held = (change: Partial<Home>) => {
  const logs = { atA: [], atB: [], ...change };
  const ackedIds = new Set([...logs.atA, ...logs.atB].map(({ id }) => id));
  return compareHome({ ...logs, tail: [], ackedIds, idsBefore: ids, idsAfter: ids, ...change });
};

describe('both sites after the way home', () => {
  const before = [laid('a-1', 0), laid('a-2', 1)];

  it('are the same but for what was stranded, and for its copies', () => {
    const atA = [...before, laid('a-3', 2), laid('a-4', 3), laid('b-1', 4, { timestamp: 9 })];
    const atB = [...before, laid('b-1', 2, { timestamp: 9 }), laid('a-3', 3, { ...replayed, timestamp: 1_002 })];
    const report = held({ atA, atB, tail: [{ topic: PLAIN, partition: 0, from: 2, to: 4 }] });
    expect(problemsOf(report)).toEqual([]);
    expect(report.comparedRecords).toBe(3);
  });

  it('may hold a stranded record each where the mirror had copied it without having said so', () => {
    const tail = [{ topic: PLAIN, partition: 0, from: 1, to: 2 }];
    expect(problemsOf(held({ atA: before, atB: before, tail }))).toEqual([]);
  });

  it.each([
    ['a record less', [laid('a-1', 0)]],
    ['another order', [laid('a-2', 0, { timestamp: 1_001 }), laid('a-1', 1, { timestamp: 1_000 })]],
    ['another time', [laid('a-1', 0), laid('a-2', 1, { timestamp: 7 })]],
  ])('differ in %s', (_what, atB) => {
    expect(held({ atA: before, atB }).different).toEqual(['orders-0']);
  });

  it('hold a record twice that came back', () => {
    const twice = [...before, laid('a-1', 2, { timestamp: 1_000 })];
    expect(held({ atA: twice, atB: twice })).toMatchObject({ different: [], heldTwice: 2, outOfOrder: 2 });
  });

  it('keep the order of what was acknowledged, and of nothing else', () => {
    const late = [laid('a-2', 0), laid('a-1', 1)];
    expect(held({ atA: late, atB: late }).outOfOrder).toBe(2);
    expect(held({ atA: late, atB: late, ackedIds: new Set(['a-2']) }).outOfOrder).toBe(0);
  });

  it('agree on the last record of each key where only that is kept', () => {
    const compacted = [state('a-9', 5, 50)];
    const whole = [state('a-1', 0, 10), ...compacted];
    expect(problemsOf(held({ atA: whole, atB: compacted }))).toEqual([]);
    expect(held({ atA: whole, atB: [state('a-1', 0, 10)] }).different).toEqual([`${COMPACTED} key-1`]);
    expect(held({ atA: [state('a-9', 0, 50), state('a-1', 1, 10)], atB: [] }).outOfOrder).toBe(1);
  });

  it('name a topic that was deleted on the way, whatever is in it now', () => {
    expect(held({ idsAfter: { ...ids, 'b orders-0': 'three' } }).wiped).toEqual(['b orders-0']);
    expect(held({ idsAfter: { 'a orders-0': 'one' } }).wiped).toEqual(['b orders-0']);
  });
});
