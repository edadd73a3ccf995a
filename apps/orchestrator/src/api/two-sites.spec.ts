import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FencedWorld } from '../../../../test/support/fenced-world.js';
import { a, b, Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import type { Topology } from '#libs/topology';
import type { GroupLoop } from '../group/group-loop.js';

const why = { reason: 'the site is off' };
const MEMBERS = { a: ['http://a:2379'], b: ['http://b1:2379', 'http://b2:2379'] };

/** The two sites alone: no automatic, guarded, two of the three members at the standby. */
function withoutWitness(): Stage {
  const topology = stageTopology();
  const two: Topology = {
    ...topology,
    // The desk's orchestrator has no doorbell: nobody rings here.
    sites: topology.sites.filter(({ witness }) => !witness).map(({ redis: _none, ...site }) => site),
    journal: { ...topology.journal, members: MEMBERS },
  };
  return new Stage({ mode: 'approve', fenceMode: 'guarded' }, {}, { topology: two });
}

let stage: Stage;
let desk: OperatorDesk;
let world: FencedWorld;
let loop: GroupLoop;
beforeEach(async () => {
  stage = withoutWitness();
  await stage.allWell();
  desk = await OperatorDesk.open(stage, stage.journal, b);
  world = new FencedWorld(stage);
  loop = stage.orchestrator('b');
});
afterEach(async () => {
  await world.stop();
  await desk.close();
});

async function loseA(): Promise<void> {
  await stage.silence(a);
  await stage.vote(b, 'kafka-a', 'down', 600_000);
}

describe('two sites without a witness', () => {
  it('decide nothing by themselves when one of them is gone', async () => {
    await loop.settle();
    await loseA();
    await stage.play(loop);
    expect([(await stage.state()).phase, await stage.runs()]).toEqual(['steady', []]);
  });

  it('move when people say that the active one is off, ask and approve', async () => {
    world.start(b);
    await loseA();
    await loop.settle();
    const unfenced = await desk.post('ada', 'requests', { kind: 'failover', ...why });
    expect(unfenced.body.vetoes.map(({ name }: { name: string }) => name)).toContain('no-fence-possible');
    expect((await desk.post('ada', 'attest', { site: 'a', ...why })).status).toBe(200);
    const { body } = await desk.post('ada', 'requests', { kind: 'failover', ...why });
    expect(body.approval).toBeDefined();
    expect((await desk.post('bob', `/approvals/${body.approval}/approve`, why)).status).toBe(200);
    await world.play(loop);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'b', returning: { a: { phase: 'lost' } } });
    expect(world.value('write-access/orders/b')).toBe('clients');
  });

  it('are told where the journal belongs, before and after a move', async () => {
    const place = async () => {
      const { body } = await desk.get('viewer', 'preflight');
      return body.checks.find(({ name }: { name: string }) => name === 'journal-place');
    };
    expect(await place()).toMatchObject({ ok: true, message: expect.stringContaining('at b, away from a') });
    expect((await desk.get('viewer', '/status')).body.groups[0].warnings).toBeUndefined();
    await stage.stands({ active: b });
    expect(await place()).toMatchObject({
      ok: false,
      message: '2 of 3 journal members are at b, which is active: losing it would take the journal along',
      remedy: expect.stringMatching(/etcdctl member remove .* etcdctl member add/),
    });
    const { warnings } = (await desk.get('viewer', '/status')).body.groups[0];
    expect(warnings).toEqual([expect.stringContaining('which is active')]);
  });
});
