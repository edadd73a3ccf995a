import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copiedOf } from './copied.js';
import { SyncTrail } from './sync-trail.js';

const trailOf = (...syncs: readonly (readonly [upstream: number, downstream: number])[]) => {
  const trail = new SyncTrail();
  for (const [upstream, downstream] of syncs) trail.add({ topic: 'orders', partition: 0, upstream, downstream });
  return trail.at('orders', 0);
};

describe('what was copied', () => {
  it('is the record of the latest sync, and what was counted behind it at the target', () => {
    const sync = trailOf([100, 40], [1_200, 1_140]);
    const evidence = { sourceEnd: 1_500, sync, targetEnd: 1_151, isTransactional: false };
    expect(copiedOf(evidence)).toEqual({ copiedAtLeast: 1_201, copied: 1_211 });
  });

  it('is not counted before a thousand records have shown how the logs grow', () => {
    const evidence = { sourceEnd: 500, sync: trailOf([100, 40], [200, 140]), targetEnd: 151, isTransactional: false };
    expect(copiedOf(evidence)).toEqual({ copiedAtLeast: 201, copied: 201 });
  });

  it('is never counted where the mirror writes transactions, or the target grew by more than the source', () => {
    const even = trailOf([100, 40], [1_200, 1_140]);
    const evidence = { sourceEnd: 1_500, targetEnd: 1_151 };
    expect(copiedOf({ ...evidence, sync: even, isTransactional: true }).copied).toBe(1_201);
    const markers = trailOf([100, 40], [1_100, 1_040], [1_200, 1_141]);
    expect(copiedOf({ ...evidence, sync: markers, isTransactional: false }).copied).toBe(1_201);
  });

  it('is taken from Connect where that is further on', () => {
    const evidence = { sourceEnd: 500, stored: 300, sync: trailOf([200, 140]), isTransactional: false };
    expect(copiedOf(evidence)).toEqual({ copiedAtLeast: 300, copied: 300 });
  });

  it('ends at the end of the source, and a count beyond it is no count', () => {
    const sync = trailOf([100, 40], [1_200, 1_140]);
    expect(copiedOf({ sourceEnd: 1_205, sync, targetEnd: 9_999, isTransactional: false }).copied).toBe(1_201);
    expect(copiedOf({ sourceEnd: 150, sync, isTransactional: false })).toEqual({ copiedAtLeast: 150, copied: 150 });
  });

  it('falls back to the start of a task that copies again', () => {
    const sync = trailOf([100, 40], [1_200, 1_140], [1_150, 1_150]);
    expect(copiedOf({ sourceEnd: 1_500, sync, targetEnd: 1_161, isTransactional: false }).copied).toBe(1_161);
  });

  it('is never more than was, whatever a mirror with gaps, markers at the source and restarts did', () => {
    const moves = fc.array(
      fc.oneof(fc.record({ copy: fc.nat(400), gap: fc.nat(3) }), fc.constant('restart' as const)),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(moves, fc.nat(5), fc.nat(20), (script, syncEvery, behind) => {
        const { trail, upstream, targetEnd } = mirrored(script, syncEvery);
        const sourceEnd = upstream + behind;
        const sync = trail.at('orders', 0);
        expect(
          copiedOf({ sourceEnd, ...(sync && { sync }), targetEnd, isTransactional: false }).copied,
        ).toBeLessThanOrEqual(upstream);
      }),
    );
  });
});

/** A mirror as MirrorMaker 2 is one: a sync at its start, after a gap, and every few records. One past the last record copied. */
function mirrored(script: readonly ({ copy: number; gap: number } | 'restart')[], syncEvery: number) {
  const trail = new SyncTrail();
  const progress = { next: 0, targetEnd: 0, reached: 0, sinceSync: Number.POSITIVE_INFINITY, restartAt: 0 };
  for (const move of script) {
    if (move === 'restart') {
      progress.next = progress.restartAt;
      progress.sinceSync = Number.POSITIVE_INFINITY;
      continue;
    }
    for (let record = 0; record < move.copy; record++) {
      const upstream = progress.next++;
      const downstream = progress.targetEnd++;
      if (progress.sinceSync++ >= syncEvery) {
        trail.add({ topic: 'orders', partition: 0, upstream, downstream });
        progress.sinceSync = 0;
      }
    }
    progress.reached = Math.max(progress.reached, progress.next);
    progress.restartAt = Math.max(0, progress.next - 30);
    if (move.gap > 0) {
      progress.next += move.gap;
      progress.sinceSync = Number.POSITIVE_INFINITY;
    }
  }
  return { trail, upstream: progress.reached, targetEnd: progress.targetEnd };
}
