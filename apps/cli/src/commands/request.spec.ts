import { describe, expect, it } from '@jest/globals';
import type { RequestAnswer } from '#libs/contracts';
import { example } from '../examples/example.js';
import { play } from '../examples/play.js';
import { SWITCHOVER } from '../examples/runs-of-orders.js';
import { B, ORDERS, RUN } from '../examples/world.js';

const REQUESTS = 'POST /v1/groups/orders/requests';
const started: RequestAnswer = {
  group: ORDERS,
  kind: 'switchover',
  target: B,
  run: RUN,
  plan: SWITCHOVER,
  planHash: 'p1',
  vetoes: [],
  next: ['signalbox run r-7f3a'],
};
const refused = {
  code: 'SB_REQUEST_REFUSED',
  detail: 'not now: 10 s remain; the site-guard of b does not answer.',
  remedy: 'look',
  vetoes: [
    { name: 'cool-down', message: '10 s remain', overridable: true },
    { name: 'no-guard-b', message: 'the site-guard of b does not answer', overridable: false },
    { name: 'target-quarantined', message: "type: signalbox reprotect orders --reason '<why>'", overridable: false },
    { name: 'made-up-tomorrow', message: 'a newer orchestrator says so', overridable: false },
  ],
};

describe('a request', () => {
  it.each([
    ['failover orders --reason flood', { kind: 'failover' }],
    ['failover orders --to b --reason flood', { kind: 'failover', to: 'b' }],
    ['switchover orders --to b --plan p1 --reason flood', { kind: 'switchover', to: 'b', planHash: 'p1' }],
    ['failback orders --reason flood', { kind: 'failback' }],
    ['reprotect orders --site a --reason flood', { kind: 'reprotect', to: 'a' }],
  ])('%s is asked for by name', async (line, body) => {
    const { exitCode, asked } = await play(example(`signalbox ${line}`, { [REQUESTS]: { body: started } }));
    expect(exitCode).toBe(0);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ ...body, reason: 'flood' });
  });

  it('says what to type next, as the orchestrator does', async () => {
    const { shown } = await play(example('signalbox failover orders --reason x', { [REQUESTS]: { body: started } }));
    expect(shown).toMatch(/^Run r-7f3a has started: .*plan p1\.\n\nNext:\n {2}signalbox run r-7f3a$/);
  });

  it('that is refused ends with 1 and lists every veto on a line of its own, with what to do', async () => {
    const answers = { [REQUESTS]: { status: 409, body: refused } };
    const { exitCode, shown } = await play(example('signalbox switchover orders --to b --reason x', answers));
    expect(exitCode).toBe(1);
    expect(shown).toBe(
      `
not now:
  cool-down: 10 s remain → wait until the cool-down is over, or: signalbox override orders cool-down --for 15m --reason '<why>'
  no-guard-b: the site-guard of b does not answer → start the site's site-guard
  target-quarantined: type: signalbox reprotect orders --reason '<why>'
  made-up-tomorrow: a newer orchestrator says so`.trim(),
    );
  });

  it('that has to be approved is not told to lift what an approval lifts', async () => {
    const answers = { [REQUESTS]: { status: 409, body: refused } };
    const { shown } = await play(example('signalbox failback orders --reason x', answers));
    expect(shown).toContain('  cool-down: 10 s remain → lifted by whoever approves\n');
  });

  it('that is refused for another reason than a veto says what the orchestrator says', async () => {
    const body = { code: 'SB_PLAN_CHANGED', detail: 'another plan by now', remedy: 'read it again' };
    const answers = { [REQUESTS]: { status: 409, body } };
    const { shown } = await play(example('signalbox failback orders --plan p0 --reason x', answers));
    expect(shown).toBe('another plan by now\n  → read it again');
  });

  it("that is refused has the orchestrator's code and the vetoes in its JSON", async () => {
    const answers = { [REQUESTS]: { status: 409, body: refused } };
    const { shown } = await play(example('signalbox switchover orders --to b --reason x --json', answers));
    const { detail: message, remedy, vetoes } = refused;
    expect(JSON.parse(shown)).toEqual({
      error: { message, remedy, vetoes, code: 'SB_CLI_REFUSED', refusal: 'SB_REQUEST_REFUSED' },
    });
  });

  it('that is a dry run needs no reason and sends nothing but a question', async () => {
    const path = 'GET /v1/groups/orders/plan?kind=reprotect&to=a';
    const answers = { [path]: { body: { plan: SWITCHOVER, planHash: 'p1', vetoes: [] } } };
    const { exitCode, shown, asked } = await play(example('signalbox reprotect orders --site a --dry-run', answers));
    expect(exitCode).toBe(0);
    expect(shown).toContain('nothing was touched');
    expect(asked.map(({ line }) => line)).toEqual([path]);
  });

  it.each([
    ['switchover orders --to b', true, 1],
    ['switchover orders --to b', false, 1],
    ['failover orders --to b', true, 0],
    ['failover orders --to b', false, 1],
  ])('%s --dry-run with a veto in its way that can be lifted (%s) ends with %i', async (line, overridable, code) => {
    const kind = line.split(' ')[0];
    const vetoes = [{ name: 'cool-down', message: '10 s remain', overridable }];
    const body = { plan: SWITCHOVER, planHash: 'p1', vetoes };
    const answers = { [`GET /v1/groups/orders/plan?kind=${kind}&to=b`]: { body } };
    expect((await play(example(`signalbox ${line} --dry-run`, answers))).exitCode).toBe(code);
  });
});
