import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#libs/domain';
import { group, Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { slackChannel } from '../../../../test/support/slack/slack-channel.js';
import { HttpRelay } from './http.relay.js';
import { relayConformance } from './relay.conformance.js';
import type { RelayedAnswer } from './relay.js';

const ANSWER: RelayedAnswer = {
  approval: 'approval-1',
  decision: 'grant',
  person: { team: 'T0WORK', user: 'U0ALICE', userGroups: ['S0DBA'] },
  planHash: 'hash',
  reason: 'site a is silent',
  details: { form: 'V1' },
  idempotencyKey: 'slack-0123456789abcdef',
};

const inSlack = (user: string) => ({ team: 'T0WORK', user, userGroups: [] });

relayConformance(HttpRelay.name, async () => {
  const channels = [slackChannel({ people: { U0ALICE: 'ada', U0BOB: 'bob' } })];
  const stage = new Stage({}, {}, { topology: { ...stageTopology(), channels } });
  await stage.allWell();
  const desk = await OperatorDesk.open(stage);
  const { body } = await desk.post('operator', 'requests', { kind: 'failover', reason: 'a smells of smoke' });
  const [{ planHash }] = (await desk.get('viewer', '/approvals')).body;
  const people = { alice: inSlack('U0ALICE'), bob: inSlack('U0BOB'), stranger: inSlack('U0EVE') };
  const relay = new HttpRelay({ endpoints: [desk.url], token: 'slack' });
  return { relay, approval: body.approval, planHash, group, ...people, close: () => desk.close() };
});

describe(HttpRelay.name, () => {
  let server: Server;
  let url: string;
  let answers: [status: number, body: object | string][];
  const asked: { readonly path: string | undefined; readonly headers: IncomingHttpHeaders; readonly body: unknown }[] =
    [];
  beforeEach(async () => {
    answers = [];
    asked.length = 0;
    server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push({ path: request.url, headers: request.headers, body: JSON.parse(body) as unknown });
        const [status, said] = answers.shift() ?? [500, 'no answer was given'];
        response.writeHead(status).end(typeof said === 'string' ? said : JSON.stringify(said));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const relay = (...before: string[]) => new HttpRelay({ endpoints: [...before, url], token: 'relay-token' });

  it('hands in who said what, under a token of its own and a key by which it is done once', async () => {
    answers.push([200, { id: 'approval-1', phase: 'granted', outcome: 'counted', next: [] }]);
    expect(await relay().answer(ANSWER)).toEqual({ kind: 'counted', phase: 'granted' });
    const { approval, idempotencyKey, ...said } = ANSWER;
    expect(asked).toMatchObject([
      {
        path: `/v1/approvals/${approval}/relayed-answers`,
        headers: { authorization: 'Bearer relay-token', 'idempotency-key': idempotencyKey },
        body: said,
      },
    ]);
  });

  it('says that something else was first, and who', async () => {
    answers.push([200, { phase: 'denied', decidedBy: 'bob', outcome: 'already-decided' }]);
    expect(await relay().answer(ANSWER)).toEqual({ kind: 'already-decided', phase: 'denied', by: 'bob' });
  });

  it.each<[what: string, body: object | string, code: string, message: string]>([
    ['a problem', { code: 'SB_OWN_REQUEST', detail: 'alice asked for this' }, 'SB_OWN_REQUEST', 'alice asked for this'],
    ['an error', { error: { code: 'SB_FORBIDDEN', message: 'no' } }, 'SB_FORBIDDEN', 'no'],
    ['nothing that can be read', 'a page', 'HTTP_403', 'The orchestrator answered 403.'],
  ])('says what is refused, told as %s', async (_, body, code, message) => {
    answers.push([403, body]);
    expect(await relay().answer(ANSWER)).toEqual({ kind: 'refused', code, message });
  });

  it('asks the next orchestrator when one is away, fails or is asked too much', async () => {
    answers.push([200, { phase: 'granted' }]);
    expect(await relay('http://127.0.0.1:1').answer(ANSWER)).toMatchObject({ kind: 'counted' });
    answers.push([429, {}], [503, {}], [200, { phase: 'granted' }]);
    expect(await new HttpRelay({ endpoints: [url, url, url], token: 't' }).answer(ANSWER)).toMatchObject({
      kind: 'counted',
    });
  });

  it('says that nobody took it when nobody did, and not what the token is', async () => {
    const failure = await relay()
      .answer(ANSWER)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(String(failure)).not.toContain('relay-token');
  });
});
