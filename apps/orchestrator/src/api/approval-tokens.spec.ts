import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signAnswer, type SignedAnswer } from '#libs/contracts';
import { Readiness } from '#libs/runtime';
import { group, Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';

const pair = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const publicKey = (of: typeof pair) => {
  const { x = '' } = of.publicKey.export({ format: 'jwk' });
  return Buffer.from(x, 'base64url').toString('base64');
};
let stage: Stage;
let desk: OperatorDesk;
let asked: Pick<SignedAnswer, 'approval' | 'planHash'>;

/** Bob and Carol have keys; Carol's was revoked. Ada asks for a failover. */
beforeEach(async () => {
  const topology = stageTopology();
  const approval = {
    ...topology.approval,
    keys: [
      { keyId: 'bob-1', principal: 'bob', publicKey: publicKey(pair), revoked: false },
      { keyId: 'carol-1', principal: 'carol', publicKey: publicKey(pair), revoked: true },
    ],
  };
  stage = new Stage({}, {}, { topology: { ...topology, approval } });
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
  const { body } = await desk.post('ada', 'requests', { kind: 'failover', reason: 'smoke' });
  asked = { approval: body.approval, planHash: body.planHash };
});
afterEach(() => desk.close());

const answer = (change: Partial<SignedAnswer> = {}) => ({
  installation: stage.topology.installation,
  group,
  ...asked,
  decision: 'grant' as const,
  issuedAt: stage.clock.now(),
  expiresAt: stage.clock.now() + 60_000,
  ...change,
});
const signed = (change: Partial<SignedAnswer> = {}, keyId = 'bob-1', { privateKey } = pair) =>
  signAnswer(answer(change), { keyId, privateKey });

/** Without any login. */
async function send(token: string) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'any-old-key' };
  const body = JSON.stringify({ token });
  const response = await fetch(`${desk.url}/v1/approval-tokens`, { method: 'POST', headers, body });
  // Loose: each test asserts the shape that it expects, refusals among them.
  // oxlint-disable-next-line typescript/no-explicit-any
  return { status: response.status, body: (await response.json()) as any };
}
const noted = () => siteNotes(stage, 'approval-answered');
const reasonOf = ({ evidence }: { readonly evidence: unknown }) => (evidence as { because?: string }).because;

/** The same bytes, spelled otherwise. */
const padded = (token: string) => {
  const [prefix, payload = '', signature] = token.split('.');
  return [prefix, `${payload}${'='.repeat((4 - (payload.length % 4)) % 4 || 4)}`, signature].join('.');
};
/** The same JSON with its keys in another order, under the same signature. */
const reordered = (token: string) => {
  const [prefix, payload = '', signature] = token.split('.');
  const entries = Object.entries(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object);
  const text = JSON.stringify(Object.fromEntries(entries.toReversed()));
  return [prefix, Buffer.from(text).toString('base64url'), signature].join('.');
};

describe('an answer that was signed offline', () => {
  it('counts without any login, at once, and once only', async () => {
    const token = signed({ reason: 'Slack is down' });
    const { status, body } = await send(token);
    expect([status, body]).toMatchObject([200, { outcome: 'counted', phase: 'granted', decidedBy: 'bob' }]);
    expect(body.answers).toMatchObject([{ channel: 'offline', reason: 'Slack is down' }]);
    expect(await send(token)).toMatchObject({ status: 409, body: { code: 'SB_TOKEN_REFUSED' } });
    expect(await noted()).toMatchObject([
      { actor: { id: 'bob' }, evidence: { outcome: 'counted', channel: 'offline', details: { keyId: 'bob-1' } } },
      { actor: { id: 'bob' }, evidence: { outcome: 'refused', because: 'SB_TOKEN_REFUSED' } },
    ]);
  });

  it.each([
    ['that is for another plan', () => signed({ planHash: 'other' }), 409, 'SB_PLAN_CHANGED', 'bob'],
    ['that is for another group', () => signed({ group: 'payments' }), 409, 'SB_TOKEN_REFUSED', 'bob'],
    ['that is for no approval there is', () => signed({ approval: 'ap-0' }), 404, 'SB_UNKNOWN_APPROVAL', 'bob'],
    ['of another installation', () => signed({ installation: 'other' }), 401, 'other-installation', 'bob'],
    ['whose time is over', () => signed({ expiresAt: stage.clock.now() }), 401, 'late', 'bob'],
    ['of times to come', () => signed({ issuedAt: stage.clock.now() + 3_600_000 }), 401, 'late', 'bob'],
    ['whose key was revoked', () => signed({}, 'carol-1'), 401, 'revoked-key', 'carol'],
    ['of a key nobody knows', () => signed({}, 'eve-1'), 401, 'unknown-key', undefined],
    ['that somebody else signed', () => signed({}, 'bob-1', stranger), 401, 'forged', undefined],
    ['that nobody signed', () => signed().replace(/[^.]+$/, ''), 401, 'forged', undefined],
    ['that was padded', () => padded(signed()), 401, 're-encoded', undefined],
    ['that was put in another order', () => reordered(signed()), 401, 're-encoded', undefined],
    ['that was cut off', () => signed().slice(0, 40), 401, 'malformed', undefined],
    ['that is something else', () => 'eyJhbGciOiJub25lIn0.e30.', 401, 'malformed', undefined],
  ])('does not count %s: it is counted by its reason, and stands in the audit', async (_, token, status, why, who) => {
    const refused = await send(token());
    expect([refused.status, refused.body.code]).toEqual([status, status === 401 ? 'SB_TOKEN_REFUSED' : why]);
    const [entry] = await noted();
    expect([entry?.actor?.id, entry && reasonOf(entry)]).toEqual([who, why]);
    const { body } = await desk.get('viewer', '/approvals');
    expect(body).toMatchObject([{ phase: 'pending', answers: [] }]);
    const { figures } = desk.app.get(Readiness).report();
    expect(figures).toMatchObject({ 'answers signed offline that were refused': { [why]: 1 } });
  });
});
