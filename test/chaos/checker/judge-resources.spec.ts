import { describe, expect, it } from '@jest/globals';
import type { AuditedRun, Entry } from './audit.js';
import type { Sample } from './facts.js';
import { ofResources } from './judge-resources.js';

/** Looks at the epoch of one flow, each `at` ms. */
const flowSeen = (...looks: readonly (readonly [at: number, epoch: number])[]): readonly Sample[] =>
  looks.map(([at, epoch]) => ({ at, resource: 'mirror/a-to-b', epoch, value: 'stopped' }));

const judged = (samples: readonly Sample[]): readonly string[] => {
  const begun = [{ epoch: 1, at: 0 }] as unknown as readonly Entry[];
  const runs = [{ epochs: [1] }] as unknown as readonly AuditedRun[];
  return ofResources({ samples, staleWrites: [] } as unknown as Parameters<typeof ofResources>[0], begun, runs);
};

const FELL = 'the epoch of mirror/a-to-b went from 1 down to 0';

describe('the epoch of a flow that falls', () => {
  it('is excused for the moment in which a Connect worker that started again catches up', () => {
    expect(judged(flowSeen([3_000, 1], [60_000, 0], [60_600, 1]))).toEqual([]);
  });

  it('is a violation while Connect was there all the time', () => {
    expect(judged(flowSeen([3_000, 1], [3_500, 0], [4_000, 1]))).toEqual([FELL]);
  });

  it('is a violation when it stays down after Connect is back', () => {
    expect(judged(flowSeen([3_000, 1], [60_000, 0], [90_000, 0]))).toEqual([FELL]);
  });
});
