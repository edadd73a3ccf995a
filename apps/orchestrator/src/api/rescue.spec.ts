import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RescueFindings } from '#libs/contracts';
import { epoch } from '#libs/domain';
import { keys } from '#libs/journal';
import { FencedWorld } from '../../../../test/support/fenced-world.js';
import { a, b, group, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { QUARANTINED } from '../../../../test/support/quarantined.js';
import type { GroupLoop } from '../group/group-loop.js';

const why = { reason: 'we looked' };
const attest = 'the racks of a are off';
let stage: Stage;
let desk: OperatorDesk;
let world: FencedWorld;
let loop: GroupLoop;
beforeEach(async () => {
  stage = new Stage();
  await stage.allWell();
  desk = await OperatorDesk.open(stage);
  world = new FencedWorld(stage);
  loop = stage.orchestrator('b');
});
afterEach(async () => {
  await world.stop();
  await desk.close();
});

const rules = async () => (await stage.audit()).map(({ rule }) => rule);
const ofGroup = async () => (await desk.get('viewer', '/status')).body.groups[0];

/** The group moved to B long ago, under epoch 40, and the journal is of a time before that. */
function movedSinceTheSnapshot(): void {
  world.set('write-access/orders/a', 'none', 40);
  world.set('write-access/orders/b', 'clients', 40);
  world.set('mirror/a-to-b', 'stopped', 40);
  world.set('name/kafka.example', { addresses: ['10.0.0.2'], ttlSeconds: 1 }, 40);
}

async function journalAt(value: number, state: object = {}): Promise<void> {
  await stage.stands(state);
  const put = { kind: 'put', key: keys.epoch(group), value: String(value) } as const;
  await stage.journal.commit({ conditions: [], changes: [put] });
}

async function surveyed(active: string): Promise<RescueFindings> {
  const { status, body } = await desk.post('ada', 'survey', { active, ...why });
  expect(status).toBe(201);
  await stage.clock.advance(1_000);
  const query = new URLSearchParams({ survey: body.survey, active }).toString();
  return (await desk.get('viewer', `rescue?${query}`)).body;
}

const rescued = ({ survey, hash }: RescueFindings, active: string, confirm = hash) =>
  desk.post('ada', 'rescue', { survey, active, attest, confirm });

/** Every resource that is there carries `stamped`, or what a later run stamped. */
const everythingCarries = (stamped: number) =>
  expect(Math.min(...Object.values(world.all()).map(([, carried]) => carried))).toBeGreaterThanOrEqual(stamped);

describe('a journal that is behind its resources', () => {
  it('is noticed by what a guard enforces, before anything is decided', async () => {
    await journalAt(5);
    await stage.guard(b, { enforced: { [group]: { access: 'clients', epoch: epoch(40), by: 'acl' } } });
    await loop.settle();
    expect(await rules()).toEqual(['journal-behind-resources']);
    expect(await ofGroup()).toMatchObject({ onHold: expect.stringMatching(/b carries epoch 40.*journal is at 5/) });
  });

  it('is noticed when a run is refused, and the run changes nothing', async () => {
    await journalAt(5);
    movedSinceTheSnapshot();
    world.startAll();
    await desk.post('operator', 'requests', { kind: 'switchover', to: 'b', ...why });
    const before = world.all();
    await world.play(loop);
    expect(world.all()).toMatchObject({
      'write-access/orders/a': before['write-access/orders/a'],
      'write-access/orders/b': before['write-access/orders/b'],
      'name/kafka.example': before['name/kafka.example'],
    });
    expect((await stage.runs())[0]).toMatchObject({ phase: 'sealing', stage: 0 });
    expect(await ofGroup()).toMatchObject({ onHold: expect.stringContaining('carries epoch 40') });
  });
});

describe('a group on hold', () => {
  beforeEach(async () => {
    await journalAt(5);
    const put = { kind: 'put', key: keys.hold(group), value: 'restored from the snapshot of noon' } as const;
    await stage.journal.commit({ conditions: [], changes: [put] });
  });

  it('decides nothing, though its active site is lost', async () => {
    await stage.silence(a);
    await stage.loseA(60_000);
    await stage.guardA({ at: stage.clock.now() });
    await stage.play(loop);
    expect([await rules(), await stage.runs()]).toEqual([[], []]);
  });

  it('refuses what people ask for, and says what to type', async () => {
    for (const [path, body] of [
      ['requests', { kind: 'switchover', ...why }],
      ['attest', { site: 'a', ...why }],
      ['release', { site: 'a', ...why }],
    ] as const) {
      const answer = await desk.post('ada', path, body);
      expect([answer.status, answer.body.code]).toEqual([409, 'SB_ON_HOLD']);
      expect(answer.body).toMatchObject({
        detail: 'orders is on hold: restored from the snapshot of noon.',
        remedy: expect.stringContaining('signalbox rescue orders --active a'),
      });
    }
    const { body: explained } = await desk.get('viewer', 'explain');
    expect(explained.next).toEqual(['signalbox rescue orders --active a']);
    expect(explained.toChange.join()).toContain('restored from the snapshot of noon');
    const { body: readiness } = await desk.get('viewer', 'preflight');
    expect(readiness.checks[0]).toMatchObject({ name: 'hold', ok: false });
  });

  it('has no step of an open run taken', async () => {
    world.startAll();
    const step = { name: 'fence-a', action: 'apply', desired: 'none', status: 'open', attempt: 1, epoch: 5 };
    const where = { resource: { kind: 'write-access', group, site: 'a' }, runsAt: 'a', worker: 'site-guard' };
    const key = keys.step('run-1' as never, 'fence-a');
    const run = { id: 'run-1', epoch: 5, phase: 'stepping', stage: 0, startedAt: 0, exceptions: [] };
    const plan = { kind: 'failover', group, from: 'a', to: 'b', steps: [] };
    const values: Record<string, object | string> = {
      [keys.run('run-1' as never)]: { ...run, plan, planHash: 'p', evidenceHash: 'e' },
      [key]: { ...step, ...where, run: 'run-1', stage: 0, deadlineMs: 1_000 },
      [keys.openStep(a, 'run-1' as never, 'fence-a')]: key,
    };
    const changes = Object.entries(values).map(([at, value]) => ({
      kind: 'put' as const,
      key: at,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
    await stage.journal.commit({ conditions: [], changes });
    await stage.clock.advance(3_000);
    expect((await stage.step(key)).status).toBe('open');
    expect(world.value('write-access/orders/a')).toBe('clients');
  });
});

describe('POST /v1/groups/:group/rescue', () => {
  it('adopts what a person says after comparing, and stamps everything above all that was ever given out', async () => {
    await journalAt(5);
    movedSinceTheSnapshot();
    world.startAll();
    const found = await surveyed('b');
    expect(found).toMatchObject({ epoch: 5, highest: 40, nextEpoch: 1_040, unread: [], standing: [], pending: [] });
    expect(found.disagreements).toEqual([
      'the journal says that a is active, you say b',
      'write-access/orders/a carries epoch 40, the journal is at 5',
      'write-access/orders/b carries epoch 40, the journal is at 5',
      'mirror/a-to-b carries epoch 40, the journal is at 5',
      'name/kafka.example carries epoch 40, the journal is at 5',
    ]);
    const { status, body } = await rescued(found, 'b');
    expect([status, body.epoch]).toEqual([201, 1_040]);
    await world.play(loop);
    expect((await stage.runs()).find(({ id }) => id === body.run)).toMatchObject({ phase: 'completed' });
    everythingCarries(1_040);
    expect(world.value('write-access/orders/b')).toBe('clients');
    expect(world.value('write-access/orders/a')).toBe('none');
    expect(await stage.state()).toMatchObject({ active: 'b', returning: { a: { phase: 'quarantined' } } });
    expect((await ofGroup()).onHold).toBeUndefined();
  });

  it('begins from an empty journal as well', async () => {
    movedSinceTheSnapshot();
    world.startAll();
    const found = await surveyed('b');
    expect(found).toMatchObject({ epoch: 0, highest: 40, unread: [], pending: [] });
    await rescued(found, 'b');
    await world.play(loop);
    expect(await stage.state()).toMatchObject({ active: 'b' });
    everythingCarries(1_040);
  });

  it('leaves a passive site protected that was read in order, and a switchover works', async () => {
    await journalAt(5, { active: b });
    world.set('write-access/orders/a', 'clients', 40);
    world.set('write-access/orders/b', 'inbound', 40);
    world.startAll();
    const found = await surveyed('a');
    expect(found.standing).toEqual(['b']);
    await rescued(found, 'a');
    await world.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'a', returning: {} });
    expect(world.value('write-access/orders/b')).toBe('inbound');
    const { body } = await desk.post('operator', 'requests', { kind: 'switchover', to: 'b', ...why });
    expect(body.run).toBeDefined();
  });

  it('closes a site that takes clients beside the one that is named', async () => {
    await journalAt(5);
    world.set('write-access/orders/b', 'clients', 40);
    world.startAll();
    const found = await surveyed('b');
    expect(found.disagreements).toContain('write-access/orders/a is clients: clients may write there; a is fenced');
    await rescued(found, 'b');
    await world.play(loop);
    expect(world.value('write-access/orders/a')).toBe('none');
    expect(world.value('write-access/orders/b')).toBe('clients');
  });

  it('takes a word for a site that nobody could read, and seals it when it comes back', async () => {
    await journalAt(5);
    movedSinceTheSnapshot();
    await stage.silence(a);
    world.start(b);
    const found = await surveyed('b');
    expect(found.unread).toEqual(['a']);
    await rescued(found, 'b');
    await world.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'b', returning: { a: { phase: 'lost' } } });
    expect(world.all()['write-access/orders/a']).toEqual(['none', 40]);
    world.set('write-access/orders/a', 'clients', 40);
    world.start(a);
    await stage.allWell();
    await world.play(loop);
    expect(await stage.state()).toMatchObject({ returning: { a: { phase: 'quarantined' } } });
    expect(world.value('write-access/orders/a')).toBe('none');
  });

  it('ends what the journal had open', async () => {
    await journalAt(5);
    await desk.post('operator', 'requests', { kind: 'switchover', to: 'b', ...why });
    movedSinceTheSnapshot();
    world.startAll();
    await world.play(loop);
    const open = (await stage.state()).phase;
    await rescued(await surveyed('b'), 'b');
    await world.play(loop);
    const [switchover] = (await stage.runs()).filter(({ plan }) => plan.kind === 'switchover');
    expect([open, switchover]).toMatchObject([
      'running',
      { phase: 'aborted', problem: expect.stringContaining('ada') },
    ]);
    const { entries } = await stage.journal.read(keys.openSteps(a), keys.openSteps(b));
    expect(entries).toEqual([]);
  });

  it('keeps a watermark only where the journal is not behind', async () => {
    await journalAt(50, { active: b, returning: { a: QUARANTINED } });
    movedSinceTheSnapshot();
    world.startAll();
    await rescued(await surveyed('b'), 'b');
    expect((await stage.state()).returning['a']?.watermark).toEqual(QUARANTINED.watermark);
    await world.play(loop);
    world.set('write-access/orders/a', 'none', 9_000);
    await rescued(await surveyed('b'), 'b');
    expect((await stage.state()).returning['a']).toMatchObject({ rule: 'rescued' });
    expect((await stage.state()).returning['a']?.watermark).toBeUndefined();
  });

  it('is refused when something else was confirmed, or the active site cannot be opened', async () => {
    await journalAt(5);
    movedSinceTheSnapshot();
    world.start(a);
    const found = await surveyed('b');
    expect(await rescued(found, 'b')).toMatchObject({ status: 409, body: { code: 'SB_RESCUE_REFUSED' } });
    world.start(b);
    expect(await rescued(await surveyed('b'), 'b', 'x')).toMatchObject({ status: 409 });
    expect((await desk.post('operator', 'survey', { active: 'b', ...why })).status).toBe(403);
    expect(await rules()).not.toContain('start-rescue');
  });

  it('is no way back: it cannot be aborted', async () => {
    await journalAt(5);
    movedSinceTheSnapshot();
    world.startAll();
    await rescued(await surveyed('b'), 'b');
    const { status, body } = await desk.post('operator', 'abort', why);
    expect([status, body.remedy]).toEqual([409, expect.stringContaining('signalbox rescue orders --active')]);
  });
});
