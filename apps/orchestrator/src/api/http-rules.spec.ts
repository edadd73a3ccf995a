import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { groupId, type GroupId } from '#libs/domain';
import { group, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';

const FREEZE = `/v1/groups/${group}/freeze`;
const freeze = JSON.stringify({ reason: 'network work', forMs: 60_000 });
let stage: Stage;
let desk: OperatorDesk;
beforeEach(async () => {
  stage = new Stage();
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
});
afterEach(() => desk.close());

const JSON_BODY = { 'content-type': 'application/json' };
const ask = (
  path: string,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
  token = 'ada',
) => fetch(desk.url + path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const post = (path: string, body: string, headers: Record<string, string> = JSON_BODY) =>
  ask(path, { method: 'POST', body, headers });

describe('every answer that is not 2xx', () => {
  it('is a problem with its code, what to do, and the name of the request', async () => {
    const answer = await ask('/v1/groups/nothing/explain', { headers: { 'x-request-id': 'from-a-test' } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toEqual({
      type: 'urn:signalbox:problem:SB_UNKNOWN_GROUP',
      title: 'Not Found',
      status: 404,
      detail: 'There is no group nothing.',
      instance: '/v1/groups/nothing/explain',
      code: 'SB_UNKNOWN_GROUP',
      remedy: `The groups are: ${group}`,
      requestId: 'from-a-test',
    });
  });

  it.each([
    ['another path', () => ask('/v1/nothing'), 404, 'SB_HTTP'],
    ['a method that is not for this path', () => post('/v1/status', '{}'), 405, 'SB_METHOD'],
    ['a body of another type', () => post(FREEZE, 'a=b', { 'content-type': 'text/plain' }), 415, 'SB_UNSUPPORTED_TYPE'],
    ['a form', () => post(FREEZE, 'a=b', { 'content-type': FORM }), 415, 'SB_UNSUPPORTED_TYPE'],
    ['an encoding', () => post(FREEZE, freeze, { ...JSON_BODY, 'content-encoding': 'x' }), 415, 'SB_UNSUPPORTED_TYPE'],
    ['no JSON', () => post(FREEZE, '{'), 400, 'SB_BAD_REQUEST'],
    ['a list', () => post(FREEZE, '[1]'), 400, 'SB_BAD_REQUEST'],
    ['a path that is no text', () => ask('/v1/runs/%E0%A4%A'), 400, 'SB_BAD_REQUEST'],
    ['too much', () => post(FREEZE, JSON.stringify({ reason: 'x'.repeat(200_000) })), 413, 'SB_TOO_LARGE'],
  ])('%s', async (_what, request, status, code) => {
    const answer = await request();
    expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining({ status, code })]);
    expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]+$/);
  });

  it('says which methods a path is for', async () => {
    expect((await post('/v1/status', '{}')).headers.get('allow')).toBe('GET');
  });
});
const FORM = 'application/x-www-form-urlencoded';

describe('the name of a request', () => {
  it('stands in the audit of what it did', async () => {
    const answer = await post(FREEZE, freeze, { ...JSON_BODY, 'x-request-id': 'change-4711' });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([201, 'change-4711']);
    expect(await stage.audit()).toMatchObject([{ rule: 'freeze', evidence: { requestId: 'change-4711' } }]);
  });

  it('is no part of what a decision was made on', async () => {
    await desk.post('operator', 'requests', { kind: 'switchover', reason: 'new racks' });
    const [run] = await stage.runs();
    expect(await stage.audit()).toMatchObject([{ evidenceHash: run?.evidenceHash }]);
  });

  it.each(['a b', 'x'.repeat(65), '<script>', ''])('is made anew when it is not sane: %s', async (id) => {
    const answer = await ask('/v1/runs', { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a role of one group', () => {
  const sha256 = (token: string) => createHash('sha256').update(token).digest('hex');
  const open = async (...groups: readonly GroupId[]) => {
    await desk.close();
    const token = { name: 'local', role: 'operator' as const, groups, sha256: sha256('local') };
    desk = await OperatorDesk.open(stage, stage.journal, undefined, { tokens: [token] });
  };
  const freezeAs = () => ask(FREEZE, { method: 'POST', body: freeze, headers: JSON_BODY }, 'local');

  it('may change it, and read everything', async () => {
    await open(group);
    expect((await freezeAs()).status).toBe(201);
    expect((await ask('/v1/status', {}, 'local')).status).toBe(200);
  });

  it('may not change another, nor a run of it', async () => {
    await desk.post('operator', 'requests', { kind: 'switchover', reason: 'new racks' });
    const [run] = await stage.runs();
    await open(groupId('payments'));
    const body = JSON.stringify({ reason: 'I say so' });
    const abort = await ask(`/v1/runs/${run?.id}/abort`, { method: 'POST', body, headers: JSON_BODY }, 'local');
    expect([(await freezeAs()).status, abort.status]).toEqual([403, 403]);
    expect(await abort.json()).toMatchObject({ code: 'SB_FORBIDDEN', remedy: expect.stringContaining(group) });
    expect((await ask(`/v1/runs/${run?.id}`, {}, 'local')).status).toBe(200);
  });
});

describe('who asks too often', () => {
  beforeEach(async () => {
    await desk.close();
    desk = await OperatorDesk.open(stage, stage.journal, undefined, { rate: { perSecond: 1, burst: 20 } });
  });
  const statuses = async (count: number, token: string) => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask('/v1/runs', {}, token)));
    return answers.map(({ status }) => status);
  };

  it('is told when to come again, and nobody else is', async () => {
    const many = await statuses(22, 'ada');
    expect(many.filter((status) => status === 429)).toHaveLength(2);
    expect((await ask('/v1/runs', {}, 'ada')).headers.get('retry-after')).toBe('1');
    expect(await statuses(1, 'bob')).toEqual([200]);
    await stage.clock.advance(1_000);
    expect(await statuses(1, 'ada')).toEqual([200]);
  });

  it('with no token counts by address, and shuts out nobody who has one', async () => {
    expect((await statuses(3, 'guessed')).toSorted((x, y) => x - y)).toEqual([401, 401, 429]);
    expect(await statuses(1, 'ada')).toEqual([200]);
  });
});
