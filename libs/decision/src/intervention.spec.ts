import { describe, expect, it } from '@jest/globals';
import { epoch, instant, runId, siteId, type Run, type StepRecord } from '#libs/domain';
import { compensate } from './compensation.js';
import { isRefusal, retryStage, skippable, skipStep } from './intervention.js';
import { plannedMove } from './plan.js';
import { advance, isPastNoReturn, MAX_PLANNED_ATTEMPTS, resume } from './progress.js';

const [a, b] = [siteId('a'), siteId('b')];
const plan = plannedMove('switchover', {
  from: a,
  to: b,
  policy: { fenceMode: 'strict', sealTimeoutMs: 1_000, stepTimeoutMs: 5_000, drainTimeoutMs: 60_000 },
  shape: {
    group: 'orders',
    home: a,
    sites: [a, b],
    clusters: { a: 'kafka-a', b: 'kafka-b' },
    flows: [{ id: 'a-to-b', from: a, to: b }],
    names: [{ name: 'kafka.example', ttlSeconds: 1, targets: { b: { addresses: ['10.0.0.2'], ttlSeconds: 1 } } }],
    configs: [],
  },
});
const stageOf = (name: string): number => plan.steps.find((step) => step.name === name)?.stage ?? -1;
const runAt = (stage: number, change: Partial<Run> = {}): Run => ({
  id: runId('run-1'),
  plan,
  planHash: 'p',
  evidenceHash: 'e',
  epoch: epoch(7),
  phase: 'stepping',
  stage,
  startedAt: instant(0),
  exceptions: [],
  ...change,
});
/** Everything before `stage` is done; `changes` by step name. */
const recordsAt = (stage: number, changes: Readonly<Record<string, Partial<StepRecord>>> = {}): StepRecord[] =>
  plan.steps.map((step) => ({
    ...step,
    run: runId('run-1'),
    epoch: epoch(7),
    ...(step.stage < stage ? { status: 'done', attempt: 1 } : { status: 'planned', attempt: 0 }),
    ...changes[step.name],
  }));
const failed = { status: 'failed', attempt: MAX_PLANNED_ATTEMPTS, startedAt: instant(1), problem: 'no' } as const;
const around = { openForMs: () => 1_000, waitedOut: () => undefined, attested: () => undefined, frozen: false };
const by = { by: 'ada', reason: 'the zone is moved by hand' };

describe(retryStage.name, () => {
  const stage = stageOf('redirect-kafka.example');
  const waiting = runAt(stage, { phase: 'needs-human', problem: 'redirect failed' });

  it('plans what holds the run up anew, with all its attempts, and nothing else', () => {
    const records = recordsAt(stage, { 'redirect-kafka.example': failed, 'verify-writes-b': failed });
    const { run, changed } = retryStage(waiting, records) ?? { run: waiting, changed: [] };
    expect(run).not.toHaveProperty('problem');
    expect(run.phase).toBe('stepping');
    expect(changed).toEqual([
      expect.objectContaining({ name: 'redirect-kafka.example', status: 'planned', attempt: 0 }),
    ]);
    const next = records.map((record) => changed.find(({ name }) => name === record.name) ?? record);
    expect(advance(run, next, around)).toMatchObject({ kind: 'open-steps', steps: changed });
  });

  it.each([
    ['sealing', runAt(0, { phase: 'needs-human' })],
    ['compensating', runAt(9, { phase: 'needs-human', compensation: { by: 'x', reason: 'y', steps: [] } })],
  ])('goes on %s', (phase, run) => {
    expect(retryStage(run, [])?.run.phase).toBe(phase);
  });

  it('does nothing to a run that does not wait for a person', () => {
    expect(retryStage(runAt(stage), recordsAt(stage))).toBeUndefined();
  });
});

describe(skipStep.name, () => {
  it('takes a step out, says by whom, and lets a run that waited go on', () => {
    const stage = stageOf('redirect-kafka.example');
    const records = recordsAt(stage, { 'redirect-kafka.example': failed });
    const outcome = skipStep(
      runAt(stage, { phase: 'needs-human', problem: 'x' }),
      records,
      'redirect-kafka.example',
      by,
    );
    if (isRefusal(outcome)) throw new Error(outcome.message);
    expect(outcome.run.phase).toBe('stepping');
    const problem = 'skipped by ada: the zone is moved by hand';
    expect(outcome.changed).toEqual([expect.objectContaining({ status: 'skipped', problem })]);
    const next = records.map((record) => outcome.changed.find(({ name }) => name === record.name) ?? record);
    expect(advance(outcome.run, next, around)).toMatchObject({
      kind: 'next-stage',
      run: { exceptions: [{ step: 'redirect-kafka.example', reason: `skipped: ${problem}` }] },
    });
  });

  it.each([
    ['fence-a', 'keeps a from taking writes', 'signalbox attest orders --site a'],
    ['promote-b', 'no site would take writes', 'signalbox abort orders'],
    ['seal-writes-b', 'late writes', 'deadline'],
    ['drain-a-to-b', 'lose nothing', 'signalbox abort orders'],
    ['no-such-step', 'has no step', 'redirect-kafka.example'],
  ])('refuses %s and says what to do instead', (name, message, remedy) => {
    expect(skipStep(runAt(0), recordsAt(0), name, by)).toEqual({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('refuses what is over', () => {
    const stage = stageOf('verify-writes-b');
    expect(skipStep(runAt(stage), recordsAt(stage), 'redirect-kafka.example', by)).toMatchObject({
      message: 'redirect-kafka.example is done already.',
    });
    const closed = runAt(stage, { phase: 'completed' });
    expect(skipStep(closed, recordsAt(stage), 'verify-writes-b', by)).toMatchObject({
      message: 'The run is closed: completed.',
    });
    const takenBack = runAt(stage, { phase: 'compensating', compensation: { ...by, steps: [] } });
    expect(skippable(takenBack, recordsAt(stage))).toEqual([]);
  });
});

describe('what may have happened', () => {
  const opened = { status: 'open', attempt: 1, startedAt: instant(1) } as const;

  it('is still past the point of no return after a takeover has planned the promotion anew', () => {
    const stage = stageOf('promote-b');
    const { records } = resume(runAt(stage), recordsAt(stage, { 'promote-b': opened }), epoch(8));
    expect(records.find(({ name }) => name === 'promote-b')?.status).toBe('planned');
    expect(isPastNoReturn(records)).toBe(true);
  });

  it('is undone though a takeover planned it anew, or a person skipped it', () => {
    const stage = stageOf('deny-inbound-b');
    const [open, skipped] = [{ ...opened }, { ...failed, status: 'skipped' as const }];
    const { records } = resume(
      runAt(stage),
      recordsAt(stage, { 'stop-mirror-a-to-b': open, 'deny-inbound-b': skipped }),
      epoch(8),
    );
    const names = compensate(runAt(0), records, epoch(9), by).planned.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['undo-stop-mirror-a-to-b', 'undo-deny-inbound-b', 'undo-fence-a']));
  });
});
