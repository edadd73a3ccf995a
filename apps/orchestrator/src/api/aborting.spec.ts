import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepRecord, StepStatus } from '#libs/domain';
import { a, b, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import type { GroupLoop } from '../group/group-loop.js';

const why = { reason: 'the wrong window' };

describe('an open run', () => {
  let stage: Stage;
  let desk: OperatorDesk;
  let loop: GroupLoop;
  let run: string;
  beforeEach(async () => {
    stage = new Stage();
    await stage.allWell();
    desk = await OperatorDesk.open(stage);
    loop = stage.orchestrator('b');
    await loop.settle();
    run = (await desk.post('ada', 'requests', { kind: 'switchover', reason: 'new racks' })).body.run;
  });
  afterEach(() => desk.close());

  /** Plays until `step` is open and nobody does it; everything before it is done. */
  const playUpTo = async (step: string, status: StepStatus = 'open'): Promise<void> => {
    await stage.playUntil(loop, async () => (await stepsNamed(step)).some((record) => record.status === status), {
      outcome: (record) => (record.name === step ? status : 'done'),
    });
  };
  const stepsNamed = async (name: string): Promise<StepRecord[]> => {
    const { body } = await desk.get('viewer', `/runs/${run}`);
    return body.steps.filter((record: StepRecord) => record.name === name);
  };

  it('is taken back before its point of no return, to a writable A', async () => {
    await playUpTo('drain-a-to-b');
    const aborted = await desk.post('operator', 'abort', why);
    expect(aborted).toMatchObject({ status: 200, body: { run, phase: 'compensating' } });
    expect(aborted.body.steps).toContain('undo-fence-a');
    const done = await stage.play(loop);
    expect(done.at(-1)).toBe('undo-fence-a');
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: a, returning: {} });
    expect(await stage.epoch()).toBe(2);
    const [closed] = await stage.runs();
    expect(closed).toMatchObject({ phase: 'aborted', compensation: { by: 'operator', reason: why.reason } });
    expect((await stage.audit()).find(({ rule }) => rule === 'compensate-run')?.actor).toEqual({
      kind: 'person',
      id: 'operator',
    });
  });

  it('is taken back once, however often that is asked', async () => {
    await playUpTo('drain-a-to-b');
    const first = await desk.post('operator', `/runs/${run}/abort`, why);
    const second = await desk.post('ada', 'abort', why);
    expect(second).toMatchObject({ status: 200, body: first.body });
    expect(await stage.epoch()).toBe(2);
  });

  it('is not taken back after its point of no return, and says which site takes writes', async () => {
    await playUpTo('redirect-kafka.example');
    const { status, body } = await desk.post('operator', 'abort', why);
    expect([status, body.code]).toEqual([409, 'SB_PAST_NO_RETURN']);
    expect(body.detail).toContain('b takes writes now, and a is fenced');
    expect(body.remedy).toContain(`signalbox run ${run}`);
    expect(await stage.epoch()).toBe(1);
    await stage.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b });
  });

  it('is past its point of no return as soon as the promotion may have begun', async () => {
    await playUpTo('promote-b');
    const { body } = await desk.post('operator', 'abort', why);
    expect(body.detail).toContain('b is being opened for writes');
  });

  it('waits in the middle while frozen, begins nothing new, and goes on afterwards', async () => {
    await playUpTo('fence-a');
    await desk.post('operator', 'freeze', { reason: 'the network is odd', forMs: 3_600_000 });
    expect(await stage.play(loop)).toEqual(['fence-a']);
    const { body } = await desk.get('viewer', 'explain');
    expect(body.toChange.join('\n')).toMatch(/frozen by operator.*a takes no writes.*nothing new begins/s);
    expect(body.next).toContain("signalbox unfreeze orders --reason '<why>'");
    await desk.post('operator', 'unfreeze', { reason: 'it is well again' });
    expect(await stage.play(loop)).toContain('promote-b');
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b });
  });

  it('can be taken back while it is frozen: that ends where a site takes writes', async () => {
    await playUpTo('drain-a-to-b');
    await desk.post('operator', 'freeze', { reason: 'the network is odd', forMs: 3_600_000 });
    await desk.post('operator', 'abort', why);
    expect(await stage.play(loop)).toContain('undo-fence-a');
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: a });
  });

  it.each([
    ['fence-a', /signalbox attest orders --site a/],
    ['promote-b', /signalbox abort orders/],
    ['seal-writes-b', /exception of the run/],
    ['no-such-step', /redirect-kafka\.example/],
  ])('cannot do without %s', async (step, remedy) => {
    const { status, body } = await desk.post('operator', `/runs/${run}/skip`, { step, ...why });
    expect([status, body.code]).toEqual([409, 'SB_STEP_NOT_SKIPPABLE']);
    expect(body.remedy).toMatch(remedy);
  });

  it('goes on without a step that a person takes out, and names it as an exception', async () => {
    await playUpTo('redirect-kafka.example', 'failed');
    const skipped = await desk.post('operator', `/runs/${run}/skip`, {
      step: 'redirect-kafka.example',
      reason: 'moved by hand',
    });
    expect(skipped).toMatchObject({ status: 200, body: { steps: ['redirect-kafka.example'] } });
    await stage.play(loop);
    const [closed] = await stage.runs();
    const reason = 'skipped: skipped by operator: moved by hand';
    expect(closed).toMatchObject({ phase: 'completed-with-exceptions', exceptions: [{ reason }] });
  });

  it('is not tried again while it tries by itself', async () => {
    const { status, body } = await desk.post('operator', `/runs/${run}/retry`, why);
    expect([status, body.code]).toEqual([409, 'SB_RUN_NOT_WAITING']);
  });

  it('is not released from under a run', async () => {
    const { body } = await desk.post('ada', 'release', { site: 'a', ...why });
    expect(body).toMatchObject({ code: 'SB_NOT_RELEASABLE', remedy: expect.stringContaining(run) });
  });
});

describe('no open run', () => {
  it('is said to whoever wants to take one back, and what is open instead', async () => {
    const stage = new Stage();
    await stage.allWell();
    const desk = await OperatorDesk.open(stage);
    expect((await desk.post('operator', 'abort', why)).body.code).toBe('SB_NO_OPEN_RUN');
    const { approval } = (await desk.post('operator', 'requests', { kind: 'failover', ...why })).body;
    const { body } = await desk.post('operator', 'abort', why);
    expect(body).toMatchObject({ code: 'SB_NO_OPEN_RUN', remedy: expect.stringContaining(`deny ${approval}`) });
    expect((await desk.post('operator', '/runs/run-0/abort', why)).status).toBe(404);
    await desk.close();
  });
});

describe('a failover that needs a person', () => {
  it('is tried again on request, and says what it waits for until then', async () => {
    const stage = new Stage();
    await stage.allWell();
    const desk = await OperatorDesk.open(stage);
    const loop = stage.orchestrator('b');
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.silence(a);
    await stage.loseA(5_000);
    await stage.playUntil(loop, async () => (await stage.runs())[0]?.phase === 'needs-human', {
      outcome: (step) => (step.name === 'deny-inbound-b' ? 'failed' : 'done'),
    });
    const run = (await stage.runs())[0]?.id ?? '';
    const explained = (await desk.get('viewer', 'explain')).body;
    expect(explained.toChange.join('\n')).toContain('deny-inbound-b is failed');
    expect(explained.next).toEqual(
      expect.arrayContaining([
        `signalbox run retry ${run} --reason '<why>'`,
        `signalbox run skip ${run} deny-inbound-b --reason '<why>'`,
        "signalbox abort orders --reason '<why>'",
      ]),
    );
    const retried = await desk.post('operator', `/runs/${run}/retry`, { reason: 'the rule is gone' });
    expect(retried).toMatchObject({ status: 200, body: { phase: 'stepping', steps: ['deny-inbound-b'] } });
    await stage.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: b });
    expect((await stage.audit()).map(({ rule }) => rule)).toContain('retry-run');
    await desk.close();
  });
});
