import { describe, expect, it } from '@jest/globals';
import { epoch, groupId, processId, runId, siteId, type Run, type StepRecord } from '#libs/domain';
import { decode, decodeOrThrow } from './decode.js';
import { RunWire } from './run.js';
import { StepRecordWire } from './step.js';

const step: StepRecord = {
  name: 'fence-a',
  stage: 1,
  action: 'apply',
  resource: { kind: 'write-access', group: 'orders', site: 'a' },
  desired: 'none',
  runsAt: siteId('a'),
  worker: 'site-guard',
  deadlineMs: 5_000,
  mayFail: true,
  waitOut: siteId('a'),
  attempt: 1,
  run: runId('r-1'),
  epoch: epoch(4),
  status: 'done',
  takenBy: processId('site-guard@a'),
  verifiedBy: { check: 'produce is refused', observed: { code: 29, topics: ['orders', null] } },
};
const run: Run = {
  id: runId('r-1'),
  plan: { kind: 'failover', group: groupId('orders'), from: siteId('a'), to: siteId('b'), steps: [] },
  planHash: 'p',
  evidenceHash: 'e',
  epoch: epoch(4),
  phase: 'stepping',
  stage: 1,
  startedAt: 5 as Run['startedAt'],
  exceptions: [{ step: 'fence-a', reason: 'unreachable' }],
};

describe('decode', () => {
  it('returns what was written', () => {
    expect(decodeOrThrow(StepRecordWire, JSON.stringify(step), 'step')).toEqual(step);
    expect(decodeOrThrow(RunWire, JSON.stringify(run), 'run')).toEqual(run);
  });

  it('drops fields of a newer version', () => {
    expect(decodeOrThrow(RunWire, JSON.stringify({ ...run, tide: 'high' }), 'run')).toEqual(run);
  });

  it('names the record and the part of it that is malformed', () => {
    const broken = { ...run, epoch: -1, plan: { ...run.plan, from: 5 } };
    const decoded = decode(RunWire, JSON.stringify(broken), '/signalbox/runs/r-1/run');
    expect(decoded.ok).toBe(false);
    const message = decoded.ok ? '' : decoded.problem.message;
    expect(message).toMatch(/^\/signalbox\/runs\/r-1\/run is malformed: plan\.from: .*; epoch: /);
  });

  it('throws a typed error where nothing can go on without the record', () => {
    expect(() => decodeOrThrow(RunWire, 'null', 'run')).toThrow(expect.objectContaining({ code: 'SB_MALFORMED' }));
  });
});
