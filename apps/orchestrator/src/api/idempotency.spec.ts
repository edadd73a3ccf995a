import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keys } from '#libs/journal';
import { Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { UnreliableJournal } from '../../../../test/support/unreliable-journal.js';

const KEY = 'a-key-of-the-test';
const ask = { kind: 'switchover', reason: 'new racks' };
let stage: Stage;
let journal: UnreliableJournal;
let desk: OperatorDesk;
beforeEach(async () => {
  stage = new Stage();
  await stage.allWell();
  journal = new UnreliableJournal(stage.journal);
  desk = await OperatorDesk.open(stage, journal);
});
afterEach(() => desk.close());
const kept = async () => (await stage.journal.read(keys.request(KEY))).entries;

describe('an idempotency key', () => {
  it('makes the same request again the same answer, and nothing happens twice', async () => {
    const first = await desk.post('operator', 'requests', ask, KEY);
    const again = await desk.post('operator', 'requests', ask, KEY);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.body).toEqual(first.body);
    expect(await stage.audit()).toHaveLength(1);
  });

  it('keeps the status as well, and is forgotten after a day', async () => {
    const freeze = { reason: 'network work', forMs: 1_000 };
    await desk.post('operator', 'freeze', freeze, KEY);
    expect((await desk.post('operator', 'freeze', freeze, KEY)).status).toBe(201);
    await stage.clock.advance(24 * 3_600_000 - 1_000);
    expect(await kept()).toHaveLength(1);
    await stage.clock.advance(2_000);
    expect(await kept()).toEqual([]);
  });

  it.each([
    ['another body', 'operator', 'freeze', { reason: 'other', forMs: 1_000 }],
    ['another caller', 'ada', 'freeze', { reason: 'network work', forMs: 1_000 }],
    ['another route', 'operator', 'unfreeze', { reason: 'network work' }],
  ] as const)('belongs to one request: %s is refused', async (_what, person, path, body) => {
    await desk.post('operator', 'freeze', { reason: 'network work', forMs: 1_000 }, KEY);
    const { status, body: refusal } = await desk.post(person, path, body, KEY);
    expect([status, refusal.code]).toEqual([409, 'SB_KEY_REUSED']);
  });

  it.each(['short', 'with spaces in it', 'x'.repeat(129)])('must be one: %s', async (key) => {
    const { status, body } = await desk.post('operator', 'requests', ask, key);
    expect([status, body.code]).toEqual([400, 'SB_BAD_REQUEST']);
  });

  it('is not used up by a refusal', async () => {
    expect((await desk.post('operator', 'abort', { reason: 'none is open' }, KEY)).status).toBe(409);
    expect(await kept()).toEqual([]);
  });

  it.each(['written', 'unwritten'] as const)(
    'tells what became of a commit without an answer that was %s',
    async (fate) => {
      journal.unanswered.push(fate);
      const answer = await desk.post('operator', 'requests', ask, KEY);
      expect(answer.status).toBe(200);
      const runs = await stage.runs();
      expect(runs.map(({ id }) => id)).toEqual([answer.body.run]);
      expect(await stage.epoch()).toBe(1);
      expect(await stage.audit()).toHaveLength(1);
    },
  );

  it('is what a request without an answer is sent again under: without one nobody can say', async () => {
    journal.unanswered.push('unwritten');
    const { status, body } = await desk.post('operator', 'requests', ask);
    expect([status, body.code]).toEqual([503, 'SB_OUTCOME_UNKNOWN']);
  });

  it('makes two orchestrators that are asked at the same time do it once', async () => {
    const other = await OperatorDesk.open(stage);
    const answers = await Promise.all([
      desk.post('operator', 'requests', ask, KEY),
      other.post('operator', 'requests', ask, KEY),
    ]);
    const runs = await stage.runs();
    expect(runs).toHaveLength(1);
    for (const { status, body } of answers) expect([status, body.run]).toEqual([200, runs[0]?.id]);
    await other.close();
  });
});
