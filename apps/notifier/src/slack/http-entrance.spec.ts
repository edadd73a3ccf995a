import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APPROVAL, SlackBench } from '../../../../test/support/slack/slack-bench.js';
import type { SlackParts } from './assemble-slack.js';
import { ACTION } from './decision-message.js';
import { HttpEntrance } from './http-entrance.js';
import type { RefusalReason } from './refusals.js';

const FORM = 'application/x-www-form-urlencoded';

/** What one request says; everything that is not said is as Slack would send it. */
interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly type?: string | undefined;
  readonly body?: string;
  readonly signature?: string | undefined;
  readonly ageSeconds?: number;
}

describe(HttpEntrance.name, () => {
  let bench: SlackBench;
  let notifier: SlackParts;
  let genuine: string;
  beforeEach(async () => {
    bench = await SlackBench.start('http');
    notifier = await bench.notifier();
    genuine = bench.slack.formOf('interactive', {
      type: 'block_actions',
      team: { id: 'T0WORK' },
      user: { id: 'U0ALICE' },
      trigger_id: bench.slack.workspace.newTrigger('U0ALICE'),
      actions: [{ action_id: ACTION.approve, value: APPROVAL }],
    });
    await bench.ask();
  });
  afterEach(() => bench?.end());

  async function send({
    method = 'POST',
    path = '/interactions',
    type = FORM,
    body = genuine,
    ageSeconds = 0,
    ...more
  }: Sent) {
    const timestamp = Math.floor(bench.clock.now() / 1_000) - ageSeconds;
    const signature = 'signature' in more ? more.signature : bench.slack.sign(body, timestamp);
    const response = await fetch(`${bench.slack.requestUrl}${path}`, {
      method,
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': String(timestamp),
        ...(signature !== undefined && { 'x-slack-signature': signature }),
      },
      ...(method === 'GET' ? {} : { body }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  const other = () => bench.slack.sign(genuine, Math.floor(bench.clock.now() / 1_000), 'another secret');

  it('takes what Slack signed', async () => {
    expect(await send({})).toBe(200);
    await bench.until('a form', () => bench.slack.workspace.views.length === 1);
  });

  it.each<[what: string, sent: () => Sent, status: number, reason: RefusalReason]>([
    ['unsigned', () => ({ signature: undefined }), 401, 'unsigned'],
    ['signed with another secret', () => ({ signature: other() }), 401, 'forged'],
    [
      'signed for another body',
      () => ({
        body: `${genuine}&more=1`,
        signature: bench.slack.sign(genuine, Math.floor(bench.clock.now() / 1_000)),
      }),
      401,
      'forged',
    ],
    [
      'written anew with the same meaning',
      () => ({
        body: genuine.replaceAll('%22', '"'),
        signature: bench.slack.sign(genuine, Math.floor(bench.clock.now() / 1_000)),
      }),
      401,
      'forged',
    ],
    ['signed in another form', () => ({ signature: 'v1=00' }), 401, 'forged'],
    ['six minutes late', () => ({ ageSeconds: 360 }), 401, 'late'],
    ['six minutes early', () => ({ ageSeconds: -360 }), 401, 'late'],
    ['too large', () => ({ body: `payload=${'x'.repeat(200_000)}` }), 413, 'too-large'],
    ['of another type', () => ({ type: 'application/json' }), 415, 'wrong-type'],
    ['no JSON', () => ({ body: 'payload=%7Bnonsense' }), 400, 'malformed'],
    ['two payloads', () => ({ body: `${genuine}&${genuine}` }), 400, 'malformed'],
    ['at another path', () => ({ path: '/interactions/../commands/x' }), 404, 'wrong-path'],
    ['a GET', () => ({ method: 'GET' }), 404, 'wrong-path'],
    [
      'with ssl_check and no signature',
      () => ({ body: `${genuine}&ssl_check=1`, signature: undefined }),
      401,
      'unsigned',
    ],
  ])('refuses what is %s', async (_, sent, status, reason) => {
    expect(await send(sent())).toBe(status);
    expect(notifier.refusals.of(reason)).toBe(1);
    expect(bench.slack.workspace.views).toEqual([]);
    expect(bench.relay.answers).toEqual([]);
  });

  it('refuses what it took before', async () => {
    const signature = bench.slack.sign(genuine, Math.floor(bench.clock.now() / 1_000));
    const timestamp = String(Math.floor(bench.clock.now() / 1_000));
    const again = () =>
      fetch(`${bench.slack.requestUrl}/interactions`, {
        method: 'POST',
        headers: { 'content-type': FORM, 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
        body: genuine,
      }).then(({ status }) => status);
    expect([await again(), await again()]).toEqual([200, 401]);
    expect(notifier.refusals.of('replayed')).toBe(1);
    expect(bench.readiness.report().figures?.['slack refusals']).toEqual({ replayed: 1 });
  });
});
