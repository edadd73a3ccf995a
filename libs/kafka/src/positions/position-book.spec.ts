import { describe, expect, it } from '@jest/globals';
import type { SweptOffsets } from '../sweep/offset-sweep.js';
import { PositionBook, type MirrorLook } from './position-book.js';
import { SyncTrail } from './sync-trail.js';

const offsets = (...each: number[]): SweptOffsets => new Map([['orders', Float64Array.from(each)]]);
const bookOf = (change: Partial<ConstructorParameters<typeof PositionBook>[0]> = {}) =>
  new PositionBook({
    targetTopic: (topic) => topic,
    mustExist: ['orders'],
    isTransactional: false,
    ...change,
  });
const stored = (atMs: number, ...each: number[]): MirrorLook => ({ atMs, endedAtMs: atMs, stored: offsets(...each) });
const NEVER = Number.NaN;

describe('the book of a flow', () => {
  it('knows nothing until it has seen both sides', () => {
    const book = bookOf();
    expect(book.sample(0)).toBeUndefined();
    book.sawSource({ atMs: 0, ends: offsets(5) });
    expect(book.sample(0)).toBeUndefined();
    book.sawMirror(stored(0, 5));
    expect(book.sample(0)).toMatchObject({ lagRecords: 0, lagMs: 0, sourceAgeMs: 0, mirrorAgeMs: 0, problems: [] });
  });

  it('takes the age of the oldest end that has not been copied', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 10, 10));
    book.sawSource({ atMs: 0, ends: offsets(10, 10) });
    book.sawSource({ atMs: 1_000, ends: offsets(12, 10) });
    book.sawSource({ atMs: 2_000, ends: offsets(15, 11) });
    expect(book.sample(2_500)).toMatchObject({ lagRecords: 6, lagMs: 1_000, sourceAgeMs: 500, mirrorAgeMs: 2_500 });

    book.sawMirror(stored(2_500, 12, 10));
    expect(book.sample(2_500)).toMatchObject({ lagRecords: 4, lagMs: 0, sourceAgeMs: 500, mirrorAgeMs: 0 });
    book.sawSource({ atMs: 3_000, ends: offsets(15, 11) });
    book.sawMirror(stored(3_000, 13, 11));
    expect(book.sample(3_000)).toMatchObject({ lagRecords: 2, lagMs: 1_000, movedAgeMs: 0 });
  });

  it('has no lag on an idle topic, and tells how long nothing has moved', () => {
    const book = bookOf();
    book.sawSource({ atMs: 0, ends: offsets(10) });
    book.sawMirror(stored(0, 10));
    for (let atMs = 1_000; atMs <= 60_000; atMs += 1_000) {
      book.sawSource({ atMs, ends: offsets(10) });
      book.sawMirror(stored(atMs, 10));
    }
    expect(book.sample(60_000)).toMatchObject({ lagRecords: 0, lagMs: 0, mirrorAgeMs: 0, movedAgeMs: 60_000 });
  });

  it('grows old with the source, and lets what still arrives count', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 10));
    book.sawSource({ atMs: 1_000, ends: offsets(20) });
    book.sawMirror(stored(5_000, 18));
    expect(book.sample(6_000)).toMatchObject({ lagRecords: 2, sourceAgeMs: 5_000, mirrorAgeMs: 1_000 });
  });

  it('knows that the source went on where more was copied than was seen of it', () => {
    const book = bookOf();
    book.sawSource({ atMs: 1_000, ends: offsets(20) });
    book.sawMirror(stored(2_000, 25));
    expect(book.sample(2_000)).toMatchObject({ lagRecords: 0, problems: [] });
    expect(book.sample(2_000)?.partitions[0]).toMatchObject({ sourceEnd: 25, copied: 25 });
  });

  it('counts all of a source as lost that has less than was copied of it, and names it', () => {
    const book = bookOf();
    book.sawMirror(stored(1_000, 25));
    book.sawSource({ atMs: 2_000, ends: offsets(20) });
    expect(book.sample(2_000)).toMatchObject({
      lagRecords: 20,
      problems: [{ kind: 'beyond-source-end', where: 'orders-0' }],
    });
  });

  it('is as old as the partition that was not told of for longest', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 5, 5));
    book.sawSource({ atMs: 1_000, ends: offsets(5, 5) });
    book.sawSource({ atMs: 2_000, ends: offsets(6, NEVER) });
    expect(book.sample(3_000)).toMatchObject({ sourceAgeMs: 2_000, lagRecords: 1 });
  });

  it('takes in topics and partitions that appear later, whole', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 5));
    book.sawSource({ atMs: 0, ends: offsets(5) });
    book.sawSource({ atMs: 1_000, ends: new Map([...offsets(5, 7), ['later', Float64Array.of(3)]]) });
    expect(book.sample(1_000)).toMatchObject({ lagRecords: 10 });
    book.sawSource({ atMs: 2_000, ends: offsets(5, 7) });
    expect(book.sample(2_000)?.lagRecords).toBe(7);
  });

  it('names a topic that is gone, and does not forget what it held', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 3));
    book.sawSource({ atMs: 0, ends: offsets(5) });
    book.sawSource({ atMs: 1_000, ends: new Map() });
    expect(book.sample(1_000)).toMatchObject({
      lagRecords: 2,
      problems: [{ kind: 'source-topic-missing', where: 'orders' }],
    });
  });

  it('names what the target does not have', () => {
    const book = bookOf({ targetTopic: (topic) => `A.${topic}` });
    book.sawSource({ atMs: 0, ends: offsets(5, 5) });
    const look = stored(0, 5, 5);
    book.sawMirror({ ...look, targetEnds: new Map() });
    expect(book.sample(0)?.problems).toEqual([]);
    book.sawMirror({ ...look, targetEnds: new Map([['A.orders', new Float64Array(0)]]) });
    expect(book.sample(0)?.problems).toMatchObject([{ kind: 'target-topic-missing', where: 'orders' }]);
    book.sawMirror({ ...look, targetEnds: new Map([['A.orders', Float64Array.of(5)]]) });
    expect(book.sample(0)?.problems).toMatchObject([
      {
        kind: 'target-partitions-missing',
        message: expect.stringContaining('2 partitions and A.orders at the target 1'),
      },
    ]);
  });

  it('names what the source deleted before it was copied', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 5));
    book.sawSource({ atMs: 0, ends: offsets(30), starts: offsets(0) });
    book.sawSource({ atMs: 1_000, ends: offsets(30), starts: offsets(20) });
    expect(book.sample(1_000)).toMatchObject({
      lagRecords: 10,
      problems: [{ kind: 'deleted-before-copied', where: 'orders-0' }],
    });
  });

  it('goes on by the offset syncs while Connect is silent, and says so', () => {
    const syncs = new SyncTrail();
    syncs.add({ topic: 'orders', partition: 0, upstream: 10, downstream: 5 });
    syncs.add({ topic: 'orders', partition: 0, upstream: 1_010, downstream: 1_005 });
    const book = bookOf();
    book.sawSource({ atMs: 0, ends: offsets(1_020) });
    book.sawMirror({ atMs: 0, endedAtMs: 0, syncs, targetEnds: offsets(1_008) });
    expect(book.sample(0)).toMatchObject({ lagRecords: 7, problems: [{ kind: 'mirror-silent' }] });
    expect(book.sample(0)?.partitions[0]).toMatchObject({ copiedAtLeast: 1_011, copied: 1_013 });
  });

  it('remembers the fastest that a partition went', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 0));
    for (const [second, end] of [0, 100, 1_100, 1_150].entries())
      book.sawSource({ atMs: second * 1_000, ends: offsets(end) });
    expect(book.sample(3_000)?.partitions[0]?.peakPerSecond).toBe(1_000);
  });

  it('remembers the fastest that all of them went together, whatever the mirror told in between', () => {
    const book = bookOf();
    book.sawSource({ atMs: 0, ends: offsets(50, 0) });
    book.sawSource({ atMs: 1_000, ends: offsets(450, 0) });
    book.sawMirror(stored(1_500, 460, 0));
    book.sawSource({ atMs: 2_000, ends: offsets(470, 300) });
    // A partition that did not answer stands still, and catches up.
    book.sawSource({ atMs: 3_000, ends: offsets(480, Number.NaN) });
    expect(book.sample(3_000)).toMatchObject({ peakPerSecond: 400 });
    expect(book.sample(3_000)?.partitions.map(({ peakPerSecond }) => peakPerSecond)).toEqual([400, 300]);
  });

  it('counts all that a topic holds which was not there before', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 0));
    book.sawSource({ atMs: 0, ends: offsets(9_000) });
    const later = (end: number) => new Map([...offsets(9_000), ['later', Float64Array.of(end)]]);
    book.sawSource({ atMs: 1_000, ends: later(500) });
    book.sawSource({ atMs: 2_000, ends: later(600) });
    expect(book.sample(2_000)).toMatchObject({ peakPerSecond: 500 });
    expect(book.sample(2_000)?.partitions.map(({ peakPerSecond }) => peakPerSecond)).toEqual([0, 500]);
  });

  it('stays small and keeps the oldest end while nothing is copied', () => {
    const book = bookOf();
    book.sawMirror(stored(0, 0));
    for (let second = 1; second <= 10_000; second++) book.sawSource({ atMs: second * 1_000, ends: offsets(second) });
    expect(book.sample(10_000_000)).toMatchObject({ lagRecords: 10_000, lagMs: 9_999_000 });
  });
});
