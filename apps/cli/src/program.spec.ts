import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fakeOrchestrator } from './fake-orchestrator.js';
import { runCommandLine } from './program.js';

const STATUS = {
  site: 'b',
  process: 'orchestrator@b',
  journal: { reachable: true, missing: ['a'] },
  topologyHash: 'f00',
  clusters: [],
  groups: [],
  guards: [],
  missing: [],
};
const UNRECORDED = { ...STATUS, process: 'orchestrator@a', journal: { reachable: false, missing: ['b', 'w'] } };
/** Nothing listens there. */
const NOBODY = { url: 'http://127.0.0.1:9999' };
const refusal = (code: string, message: string) => ({ code, detail: message, remedy: 'do something else' });

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

const orchestrator = async (...answers: Parameters<typeof fakeOrchestrator>) => {
  const server = await fakeOrchestrator(...answers);
  opened.push(server);
  return server;
};

const type = async (line: string, apis: readonly { readonly url: string }[]) => {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCommandLine([...line.split(' '), ...apis.flatMap(({ url }) => ['--api', url])], {
    terminal: { out: (text) => out.push(text), err: (text) => err.push(text), isScreen: false },
    clock: new SystemClock(),
    random: new SystemRandom(),
    environment: { SIGNALBOX_TOKEN: 's3cret' },
    interruption: () => AbortSignal.abort(),
  });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
};

describe('the command line', () => {
  it('asks the first orchestrator with the token, and says nothing about it', async () => {
    const api = await orchestrator({ 'GET /v1/status': { body: STATUS } });
    const { exitCode, out, err } = await type('status', [api]);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('orchestrator@b (site b), from the journal.\nMissing: journal member a.');
    expect(api.asked).toMatchObject([{ line: 'GET /v1/status', authorization: 'Bearer s3cret' }]);
  });

  it('goes on to the next orchestrator after a dead and a frozen one, and says which it tried', async () => {
    const frozen = await orchestrator('silent');
    const api = await orchestrator({ 'GET /v1/status': { body: STATUS } });
    const { exitCode, err } = await type('status', [NOBODY, frozen, api]);
    expect(exitCode).toBe(0);
    expect(err).toMatch(
      /^answered by .*; tried before: http:\/\/127\.0\.0\.1:9999: .*ECONNREFUSED.*; http.*: no answer within 2000 ms$/,
    );
  });

  it('prefers an orchestrator that reaches the journal over an unrecorded view', async () => {
    const cutOff = await orchestrator({ 'GET /v1/status': { body: UNRECORDED } });
    const api = await orchestrator({ 'GET /v1/status': { body: STATUS } });
    expect((await type('status', [cutOff, api])).out).toContain('orchestrator@b');
    const alone = await type('status', [cutOff]);
    expect(alone.out).toContain('UNRECORDED');
    expect(alone.err).toContain("one orchestrator's own view");
  });

  it('ends with 3 when nobody answers, and lists everyone it asked', async () => {
    const ill = await orchestrator({ 'GET /v1/runs': { status: 503, body: refusal('SB_UNAVAILABLE', 'no journal') } });
    const { exitCode, err } = await type('runs', [ill, NOBODY]);
    expect(exitCode).toBe(3);
    expect(err).toContain('503 no journal');
    expect(err).toContain('ECONNREFUSED');
  });

  it('ends with 4 when the token may not do that, without asking anybody else', async () => {
    const strict = await orchestrator({
      'POST /v1/approvals/ap-1/answers': { status: 403, body: refusal('SB_FORBIDDEN', 'needs the role approver') },
    });
    const other = await orchestrator('silent');
    const { exitCode, err } = await type('approve ap-1', [strict, other]);
    expect({ exitCode, err }).toEqual({ exitCode: 4, err: 'needs the role approver\n  → do something else' });
    expect(other.asked).toEqual([]);
  });

  it('ends with 1 on a refusal, and with --json prints its code', async () => {
    const api = await orchestrator({});
    const { exitCode, out } = await type('explain nothing --json', [api]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { message: 'no such group', remedy: 'see signalbox status' } });
  });

  it('ends with 2 on a command line that cannot be understood', async () => {
    const api = await orchestrator({});
    expect((await type('dance', [api])).exitCode).toBe(2);
    expect((await type('freeze orders --reason x --for soon', [api])).exitCode).toBe(2);
    expect((await type('freeze orders', [api])).exitCode).toBe(2);
    expect((await type('status --api not-a-url', [])).exitCode).toBe(2);
    expect(api.asked).toEqual([]);
  });

  it('sends the same idempotency key to everybody it asks, and tells it when nobody answers', async () => {
    const ill = await orchestrator({ 'POST /v1/groups/orders/unfreeze': { status: 503, body: {} } });
    const frozen = await orchestrator('silent');
    const { exitCode, err } = await type('unfreeze orders --reason done', [ill, frozen]);
    expect(exitCode).toBe(3);
    const keys = [...ill.asked, ...frozen.asked].map(({ key }) => key);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[\w-]{8,}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(err).toContain(`--idempotency-key ${keys[0]}`);
  });

  it('takes the key it is given, when it can be sent', async () => {
    const api = await orchestrator({ 'POST /v1/groups/orders/unfreeze': { body: {} } });
    expect((await type('unfreeze orders --reason done --idempotency-key change-4711', [api])).exitCode).toBe(0);
    expect(api.asked).toMatchObject([{ key: 'change-4711' }]);
    expect((await type('unfreeze orders --reason done --idempotency-key short', [api])).exitCode).toBe(2);
  });

  it.each([
    'freeze orders --for 1h --reason …',
    'unfreeze orders --reason <why>',
    'failover orders',
    'abort orders',
    'run skip r-1 --reason x',
    'attest orders --reason x',
  ])('does not understand %s', async (line) => expect(await type(line, [NOBODY])).toMatchObject({ exitCode: 2 }));

  it('ends with 0 when it was asked for help', async () => {
    const { exitCode, out } = await type('--help', []);
    expect(exitCode).toBe(0);
    expect(out).toContain('130  waiting was interrupted');
  });

  it('sends a freeze with its reason and its end', async () => {
    const api = await orchestrator({ 'POST /v1/groups/orders/freeze': { body: {} } });
    expect((await type('freeze orders --reason migration --for 2h', [api])).exitCode).toBe(0);
    expect(JSON.parse(api.asked[0]?.body ?? '')).toEqual({ reason: 'migration', forMs: 7_200_000 });
  });

  it('ends with 78 when signalbox.yaml cannot be used', async () => {
    expect((await type('config check /nowhere/signalbox.yaml', [])).exitCode).toBe(78);
    expect((await type('status --config /nowhere/signalbox.yaml', [])).exitCode).toBe(78);
  });

  it('says of a good signalbox.yaml what a failover would take', async () => {
    const { exitCode, out } = await type('config check docs/examples/two-sites-and-witness.yaml', []);
    expect(exitCode).toBe(0);
    expect(out).toContain('is fine: 3 sites, 2 clusters, 2 flows, 1 groups.');
    expect(out).toContain('+ 90000 ms dwell + 2000 ms decision +');
    expect(out).toContain('= 112600 ms, of 120000 ms.');
  });
});
