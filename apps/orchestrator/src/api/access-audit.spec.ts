import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyExport } from '#libs/audit';
import { group, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { siteNotes } from '../../../../test/support/site-notes.js';

describe("a site's own chain", () => {
  let stage: Stage;
  let desk: OperatorDesk;
  beforeEach(async () => {
    stage = new Stage();
    desk = await OperatorDesk.open(stage);
  });
  afterEach(() => desk.close());

  const entries = () => siteNotes(stage);
  const ofRule = async (rule: string) => (await entries()).filter((entry) => entry.rule === rule);

  it('has each token once, and nothing of a question that was answered', async () => {
    for (const person of ['viewer', 'viewer', 'ada', 'viewer'] as const) await desk.get(person, '/status');
    expect(await entries()).toMatchObject([
      { rule: 'login', actor: { kind: 'person', id: 'viewer' }, evidence: { role: 'viewer' } },
      { rule: 'login', actor: { kind: 'person', id: 'ada' } },
    ]);
  });

  it('has what was refused, to whom and why', async () => {
    expect((await desk.post('viewer', 'freeze', { reason: 'because', forMs: 1_000 })).status).toBe(403);
    expect((await desk.post('operator', 'abort', { reason: 'because' })).status).toBe(409);
    expect((await desk.post('operator', 'freeze', { forMs: -1 })).status).toBe(400);
    expect(await ofRule('request-refused')).toMatchObject([
      { actor: { id: 'viewer' }, evidence: { status: 403, code: 'SB_FORBIDDEN', path: `/v1/groups/${group}/freeze` } },
      { actor: { id: 'operator' }, evidence: { status: 409, code: 'SB_NO_OPEN_RUN', times: 1 } },
    ]);
  });

  it('counts who comes without a token, wherever they look', async () => {
    for (let count = 0; count < 20; count++) await fetch(`${desk.url}/v1/groups/${count}/explain`);
    expect(await ofRule('request-refused')).toMatchObject([{ evidence: { status: 401, times: 1 } }]);
    await stage.clock.advance(60_000);
    const counted = await ofRule('request-refused');
    expect(counted).toMatchObject([{}, { evidence: { status: 401, times: 19 } }]);
    expect(counted.some((entry) => 'actor' in entry)).toBe(false);
  });

  it('is exported as a chain that verifies', async () => {
    await desk.get('viewer', '/status');
    expect(await entries()).toHaveLength(1);
    const answer = await fetch(`${desk.url}/v1/audit/sites/w/export`, { headers: { authorization: 'Bearer viewer' } });
    const text = await answer.text();
    expect(verifyExport(Buffer.from(text))).toMatchObject({ ok: true, site: 'w', entries: 1 });
    expect((await desk.get('viewer', '/audit/sites/nowhere/export')).status).toBe(404);
  });
});
