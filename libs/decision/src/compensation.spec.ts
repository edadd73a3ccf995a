import { describe, expect, it } from '@jest/globals';
import { epoch, instant, processId, runId, siteId, type Run, type StepRecord, type StepStatus } from '#libs/domain';
import { SETTINGS } from '../../../test/support/decision-facts.js';
import { compensate } from './compensation.js';
import { plannedMove } from './plan.js';
import { advance, isPastNoReturn, MAX_PLANNED_ATTEMPTS, resume, type Surroundings } from './progress.js';

const plan = plannedMove('switchover', { ...SETTINGS, from: siteId('a'), to: siteId('b') });
const run: Run = {
  id: runId('run-1'),
  plan,
  planHash: 'p',
  evidenceHash: 'e',
  epoch: epoch(7),
  phase: 'stepping',
  stage: 0,
  startedAt: instant(0),
  exceptions: [],
};
const around: Surroundings = {
  openForMs: () => 1_000,
  waitedOut: () => undefined,
  attested: () => undefined,
  frozen: false,
};
const recordsWith = (status: (step: { readonly stage: number; readonly name: string }) => StepStatus): StepRecord[] =>
  plan.steps.map((step) => ({ ...step, run: run.id, epoch: run.epoch, status: status(step), attempt: 1 }));
const stageOf = (name: string): number => plan.steps.find((step) => step.name === name)?.stage ?? NaN;
const upTo = (last: string): StepRecord[] =>
  recordsWith(({ stage, name }) => {
    if (name === last) return 'taken';
    return stage < stageOf(last) ? 'done' : 'planned';
  });
const because = { by: 'alice', reason: 'wrong window' };

/** Plays a compensation to its end and lists what was opened in order. */
function play(start: Run, records: readonly StepRecord[], outcome: (step: StepRecord) => StepStatus = () => 'done') {
  let [now, steps] = [start, [...records]];
  const opened: string[] = [];
  for (let moves = 0; moves < 100; moves++) {
    const move = advance(now, steps, around);
    if (move.kind === 'close') return { opened, run: move.run };
    if (move.kind === 'next-stage') now = move.run;
    else if (move.kind === 'open-steps') {
      opened.push(...move.steps.map(({ name }) => name));
      const names = new Set(move.steps.map(({ name }) => name));
      steps = steps.map((step) => (names.has(step.name) ? { ...step, status: outcome(step), attempt: 1 } : step));
    } else throw new Error(`unexpected ${move.kind}`);
  }
  throw new Error('the compensation does not end');
}

describe(compensate.name, () => {
  it('seals under a new epoch, then undoes the last change first and opens the old site last', () => {
    const records = upTo('record-positions-a-to-b');
    const back = compensate(run, records, epoch(8), because);
    expect(back.run).toMatchObject({ epoch: 8, phase: 'compensating', compensation: because });
    const { opened, run: closed } = play(back.run, [...records, ...back.planned]);
    const seals = plan.steps.filter(({ action }) => action === 'seal').map(({ name }) => `re${name}`);
    expect(opened).toEqual([...seals, 'undo-stop-mirror-a-to-b', 'undo-deny-inbound-b', 'undo-fence-a']);
    expect(closed).toMatchObject({ phase: 'aborted', exceptions: [] });
    const desired = Object.fromEntries(back.planned.map((step) => [step.name, step.desired]));
    expect(desired).toMatchObject({ 'undo-fence-a': 'clients', 'undo-deny-inbound-b': 'inbound' });
    expect(back.planned.every((step) => step.epoch === 8)).toBe(true);
  });

  it('undoes what may have happened, and nothing that has not begun', () => {
    const { planned, ended } = compensate(run, upTo('fence-a'), epoch(8), because);
    expect(planned.filter(({ name }) => name.startsWith('undo-')).map(({ name }) => name)).toEqual(['undo-fence-a']);
    expect(ended).toMatchObject([{ name: 'fence-a', status: 'unknown', epoch: 7 }]);
  });

  it('ends although nobody undoes anything, and names what was left', () => {
    const records = upTo('drain-a-to-b');
    const back = compensate(run, records, epoch(8), because);
    const { run: closed } = play(back.run, [...records, ...back.planned], (step) =>
      step.name === 'undo-fence-a' ? 'unreachable' : 'done',
    );
    expect(closed).toMatchObject({ phase: 'aborted', exceptions: [{ step: 'undo-fence-a' }] });
  });

  it('goes on under a new leader with what is not undone yet, sealed again', () => {
    const back = compensate(run, upTo('promote-b'), epoch(8), because);
    const half = back.planned.map((step): StepRecord => ({
      ...step,
      status: step.name === 'undo-fence-a' ? 'open' : 'done',
    }));
    const resumed = resume({ ...back.run, stage: 99 }, [...upTo('promote-b'), ...half], epoch(9));
    expect(resumed.run).toMatchObject({ phase: 'compensating', stage: back.run.stage, epoch: 9 });
    const { opened } = play(resumed.run, resumed.records);
    expect(opened.filter((name) => name.startsWith('undo-'))).toEqual(['undo-fence-a']);
    expect(opened.filter((name) => name.startsWith('reseal-'))).toHaveLength(6);
  });
});

describe('a planned run', () => {
  const at = (name: string, status: StepStatus, attempt: number, change: Partial<StepRecord> = {}, given = around) => {
    const records = upTo(name).map((step) => (step.name === name ? { ...step, status, attempt, ...change } : step));
    return advance({ ...run, stage: stageOf(name) }, records, given);
  };

  it('gives up before the point of no return, and takes itself back', () => {
    expect(at('drain-a-to-b', 'failed', 1).kind).toBe('open-steps');
    expect(at('drain-a-to-b', 'failed', MAX_PLANNED_ATTEMPTS)).toMatchObject({
      kind: 'compensate',
      reason: expect.stringContaining('drain-a-to-b is failed'),
    });
  });

  it('drains once: a worker that looked until the deadline has stopped the writes for long enough', () => {
    const takenBy = processId('mirror-switcher@b');
    expect(at('drain-a-to-b', 'failed', 1, { takenBy }).kind).toBe('compensate');
    expect(at('stop-mirror-a-to-b', 'failed', 1, { takenBy, mayFail: false }).kind).toBe('open-steps');
  });

  it('promotes nothing before somebody knows where its log ended, and asks again before it gives up', () => {
    const takenBy = processId('mirror-switcher@b');
    expect(at('record-positions-a-to-b', 'failed', 1, { takenBy }).kind).toBe('open-steps');
    expect(at('record-positions-a-to-b', 'unreachable', MAX_PLANNED_ATTEMPTS, { takenBy }).kind).toBe('compensate');
  });

  it('does not wait out the deadline of a step that nobody takes', () => {
    const opened = { ...around, openForMs: () => 6_000 };
    expect(at('drain-a-to-b', 'open', 1, {}, opened)).toMatchObject({ kind: 'settle-step', status: 'unreachable' });
    expect(at('drain-a-to-b', 'taken', 1, {}, opened).kind).toBe('wait');
  });

  it('lets the worker that took a step say what it saw at the deadline', () => {
    const atDeadline = { ...around, openForMs: () => 60_500 };
    expect(at('drain-a-to-b', 'taken', 1, {}, atDeadline).kind).toBe('wait');
    const later = { ...around, openForMs: () => 61_500 };
    expect(at('drain-a-to-b', 'taken', 1, {}, later)).toMatchObject({ kind: 'settle-step', status: 'unreachable' });
  });

  it('only goes forward after it', () => {
    expect(at('promote-b', 'failed', 99).kind).toBe('open-steps');
    expect(isPastNoReturn(upTo('promote-b'))).toBe(true);
    expect(isPastNoReturn(upTo('record-positions-a-to-b'))).toBe(false);
  });

  it('begins nothing while it is frozen, and finishes what it has begun', () => {
    const held = { ...around, frozen: true };
    const done = recordsWith(({ stage }) => (stage <= stageOf('fence-a') ? 'done' : 'planned'));
    expect(advance({ ...run, stage: stageOf('fence-a') }, done, held).kind).toBe('wait');
    expect(advance({ ...run, stage: stageOf('fence-a') }, done, around).kind).toBe('next-stage');
    const back = compensate(run, done, epoch(8), because);
    expect(advance(back.run, [...done, ...back.planned], held).kind).toBe('open-steps');
  });

  it('takes nobody’s word that the old site is off: it waits for the fence, or goes back', () => {
    const attested = { ...around, attested: () => ({ by: 'bob' }) };
    const records = upTo('fence-a');
    expect(advance({ ...run, stage: stageOf('fence-a') }, records, attested).kind).toBe('wait');
    expect(at('fence-a', 'unreachable', MAX_PLANNED_ATTEMPTS, {}, attested).kind).toBe('compensate');
  });
});
