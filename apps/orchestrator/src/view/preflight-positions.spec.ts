import { describe, expect, it } from '@jest/globals';
import { flowId, instant, processId, siteId, type FlowPositions } from '#libs/domain';
import { positionChecks } from './preflight-positions.js';

const kept = (problems: FlowPositions['problems'], writtenAt = 0): FlowPositions => ({
  flow: flowId('a-to-b'),
  site: siteId('b'),
  process: processId('health-monitor@b'),
  writtenAt: instant(writtenAt),
  lagRecords: 0,
  lagMs: 0,
  sourceAgeMs: 0,
  mirrorAgeMs: 0,
  partitions: [],
  rest: { partitions: 3, recordsAtRisk: 0, peakPerSecond: 0 },
  problems,
  keyId: 'b-1',
  signature: '',
});
const FEWER = { kind: 'target-partitions-missing', where: 'orders', message: 'too few' } as const;
const APART = { kind: 'counts-apart', where: 'orders', message: 'they grow apart' } as const;

describe('preflight of positions', () => {
  it('names what is not copied, and what to do', () => {
    expect(positionChecks(['a-to-b'], [kept([FEWER, APART])])).toEqual([
      { name: 'positions-a-to-b', ok: false, message: 'too few', remedy: expect.stringContaining('--partitions') },
    ]);
  });

  it('fails a flow whose positions are no evidence', () => {
    const missing = { kind: 'probe-not-copied', where: 'probe-ab', message: 'it is not at the target' } as const;
    const remedy = expect.stringContaining('copies its probeTopic');
    expect(positionChecks(['a-to-b'], [kept([missing])])).toMatchObject([
      { ok: false, message: missing.message, remedy },
    ]);
  });

  it('passes by the latest word, with what is no fault', () => {
    expect(positionChecks(['a-to-b'], [kept([FEWER], 1), kept([APART], 2)])).toEqual([
      {
        name: 'positions-a-to-b',
        ok: true,
        message: 'a-to-b is followed in 3 partitions; they grow apart',
        remedy: '',
      },
    ]);
  });

  it('says nothing where nobody kept any', () => {
    expect(positionChecks(['a-to-b', 'b-to-a'], [])).toEqual([]);
  });
});
