import { describe, expect, it } from '@jest/globals';
import { groupId, runId, siteId, type Run, type StepRecord } from '#libs/domain';
import { findingsOf } from './findings.js';

const run = { id: runId('r-2'), phase: 'completed', plan: { kind: 'salvage', group: groupId('orders') } } as Run;
const account = (partition: number, more: object) => ({
  topic: 'orders',
  partition,
  from: 0,
  to: 9,
  copied: 0,
  superseded: 0,
  alreadyThere: 0,
  left: 0,
  aborted: 0,
  hash: '00',
  ...more,
});
const salvaged = (flow: string, partitions: readonly object[], status: StepRecord['status'] = 'done') =>
  ({
    name: `salvage-${flow}`,
    action: 'apply',
    resource: { kind: 'salvage', flow },
    runsAt: siteId('b'),
    status,
    desired: {
      as: 'replayed',
      group: 'orders',
      site: 'a',
      leftBy: 'r-1',
      conflicts: 'keep-newest',
      ranges: [],
      watermark: {},
    },
    verifiedBy: { check: 'accounts', observed: { partitions } },
  }) as unknown as StepRecord;

describe('what a salvage leaves behind', () => {
  it('is the sum over partitions and flows, without what had arrived before', () => {
    const records = [
      salvaged('a-to-b', [account(0, { copied: 5, superseded: 1, alreadyThere: 3 }), account(1, { copied: 2 })]),
      salvaged('a-to-b-too', [account(0, { left: 1 })]),
    ];
    expect(findingsOf(run, records).salvaged).toEqual({
      as: 'replayed',
      run: 'r-2',
      records: 9,
      copied: 7,
      superseded: 1,
    });
  });

  it('is nothing as long as one of its flows is not done', () => {
    const records = [salvaged('a-to-b', [account(0, { copied: 5 })]), salvaged('a-to-b-too', [], 'failed')];
    expect(findingsOf(run, records).salvaged).toBeUndefined();
  });
});
