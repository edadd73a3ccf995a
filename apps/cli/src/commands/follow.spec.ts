import { describe, expect, it } from '@jest/globals';
import type { RunAnswer } from '#libs/contracts';
import type { Run } from '#libs/domain';
import { example } from '../examples/example.js';
import { play } from '../examples/play.js';
import { closedRun, openRun, stepsAfter, stuckRun, stuckSteps } from '../examples/runs-of-orders.js';

const PATH = 'GET /v1/runs/r-7f3a';
const answer = (run: Run, done: number) => ({ body: { run, steps: stepsAfter(done) } satisfies RunAnswer });
const followed = (answers: Parameters<typeof example>[1], line = 'signalbox run r-7f3a --wait') =>
  play(example(line, answers));

describe('--wait', () => {
  it('prints each step once, as it ends, and then how the run ended', async () => {
    const { exitCode, shown, asked } = await followed({
      [PATH]: [answer(openRun, 2), answer(openRun, 2), answer(openRun, 3), answer(closedRun, 7)],
    });
    expect(exitCode).toBe(0);
    expect(asked).toHaveLength(4);
    const steps = shown.split('\n').filter((line) => / done /.test(line));
    expect(steps.map((line) => line.split(/ {2,}/)[1])).toEqual(stepsAfter(7).map(({ name }) => name));
    expect(shown).toContain('Run r-7f3a is completed');
  });

  it.each<[Partial<Run>, number]>([
    [{ phase: 'completed-with-exceptions', exceptions: [{ step: 'seal-writes-a', reason: 'unreachable' }] }, 0],
    [{ phase: 'aborted', compensation: { by: 'ada', reason: 'a is back', steps: [] } }, 6],
    [{ phase: 'needs-human', problem: 'look at its ACLs' }, 7],
  ])('of a run that ends as %j ends with %i', async (end, code) => {
    const { exitCode, shown } = await followed({ [PATH]: answer({ ...openRun, ...end }, 2) });
    expect(exitCode).toBe(code);
    expect(shown).toContain(`Run r-7f3a is ${end.phase}`);
  });

  it('stops where a person is needed, and says what can be done', async () => {
    const { shown } = await followed({ [PATH]: { body: { run: stuckRun, steps: stuckSteps } } });
    expect(shown).toContain("signalbox run retry r-7f3a --reason '<why>'");
  });

  it('goes on while nobody answers, and says so once', async () => {
    const nobody = { status: 503, body: { code: 'SB_UNAVAILABLE', detail: 'no journal', remedy: '' } };
    const { exitCode, shown } = await followed({ [PATH]: [answer(openRun, 2), nobody, nobody, answer(closedRun, 7)] });
    expect(exitCode).toBe(0);
    expect(shown.match(/no orchestrator answered/g)).toHaveLength(1);
  });

  it('ends at once when it is refused', async () => {
    expect((await followed({ [PATH]: { status: 404, body: {} } })).exitCode).toBe(1);
  });

  it('that is interrupted ends with 130 and says that the run goes on', async () => {
    const { exitCode, shown } = await play(example('signalbox run r-7f3a --wait', { [PATH]: answer(openRun, 2) }), () =>
      AbortSignal.abort(),
    );
    expect(exitCode).toBe(130);
    expect(shown).toContain('it goes on without you. Look again with: signalbox run r-7f3a --wait');
  });

  it('prints one document with --json: the run as it ended', async () => {
    const { shown } = await followed(
      { [PATH]: [answer(openRun, 2), answer(closedRun, 7)] },
      'signalbox run r-7f3a --wait --json',
    );
    expect(JSON.parse(shown)).toMatchObject({ run: { phase: 'completed' } });
  });
});

describe('--wait for an approval', () => {
  const request = 'POST /v1/groups/orders/requests';
  const asked = {
    body: { group: 'orders', approval: 'ap-1', plan: openRun.plan, planHash: 'p', vetoes: [], next: [] },
  };
  const approval = (phase: string) => ({ body: [{ id: 'ap-1', phase }] });
  const wait = (answers: Parameters<typeof example>[1]) =>
    followed({ [request]: asked, ...answers }, 'signalbox failback orders --reason x --wait');

  it('follows the run that it lets start', async () => {
    const { exitCode, shown } = await wait({
      'GET /v1/runs': [{ body: [] }, { body: [] }, { body: [{ ...openRun, approval: 'ap-1' }] }],
      'GET /v1/approvals': [approval('pending'), approval('granted')],
      'GET /v1/groups/orders/explain': { body: { rule: 'ask-approval-for-failback', vetoes: [] } },
      [PATH]: answer(closedRun, 7),
    });
    expect(exitCode).toBe(0);
    expect(shown).toContain('Run r-7f3a is completed');
  });

  it.each(['denied', 'expired', 'superseded'])('ends with 1 when it is %s', async (phase) => {
    const { exitCode, shown } = await wait({ 'GET /v1/runs': { body: [] }, 'GET /v1/approvals': approval(phase) });
    expect(exitCode).toBe(1);
    expect(shown).toContain(`Approval ap-1 is ${phase}. Nothing was done.`);
  });

  it('ends with 1 when it was approved and something is in the way by now', async () => {
    const { exitCode, shown } = await wait({
      'GET /v1/runs': { body: [] },
      'GET /v1/approvals': approval('granted'),
      'GET /v1/groups/orders/explain': {
        body: { rule: 'approved-but-vetoed', vetoes: [{ name: 'frozen', message: 'by ada', overridable: false }] },
      },
    });
    expect(exitCode).toBe(1);
    expect(shown).toContain("  frozen: by ada → signalbox unfreeze orders --reason '<why>'");
  });
});
