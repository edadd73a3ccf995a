import { describe, expect, it } from '@jest/globals';
import { verifyChain } from '#libs/audit';
import { clusterId, epoch, processId } from '#libs/domain';
import { keys } from '#libs/journal';
import { Stage, w } from '../../../../test/support/group-stage.js';
import { GroupLoop } from './group-loop.js';

describe(GroupLoop.name, () => {
  it('moves a group off a lost site, in the order that keeps two sites from writing', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA();
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    expect(await stage.play(loop)).toEqual([
      'seal-mirror-a-to-b',
      'seal-name-kafka.example',
      'seal-writes-b',
      'deny-inbound-b',
      'stop-mirror-a-to-b',
      'record-positions-a-to-b',
      'promote-b',
      'redirect-kafka.example',
      'verify-writes-b',
    ]);
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'b', returning: { a: { phase: 'lost' } } });
    expect(await stage.epoch()).toBe(1);
    const [run] = await stage.runs();
    expect(run).toMatchObject({ phase: 'completed-with-exceptions', exceptions: [{ step: 'seal-writes-a' }] });
    const fence = await stage.step(keys.step(run?.id as never, 'fence-a'));
    expect(fence).toMatchObject({ status: 'done', verifiedBy: { check: 'self-fence-waited-out' } });
    expect(verifyChain(await stage.audit())).toMatchObject({ ok: true });
    const start = (await stage.audit()).find(({ rule }) => rule === 'start-failover');
    const owes = [
      { does: 'start-run', run: run?.id, kind: 'failover', from: 'a', to: 'b' },
      { does: 'take-turn', turn: 'of-site', site: 'a', slot: 1, opensEvent: true },
    ];
    expect(start?.evidence).toMatchObject({ owes });
  });

  it('does not promote while the old guard may still believe in its lease', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA({ selfFenceMs: 2_500 });
    await stage.loseA(5_000);
    await loop.settle();
    const done: string[] = [];
    for (let passedMs = 0; passedMs < 3_700; passedMs += 100) {
      done.push(...(await stage.work()));
      await stage.clock.advance(100);
      await loop.settle();
    }
    expect(done).not.toContain('deny-inbound-b');
    expect(await stage.play(loop)).toContain('promote-b');
  });

  it('never takes a guard that goes on renewing for fenced', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.loseA(5_000);
    for (let renewal = 1; renewal < 40; renewal++) {
      await stage.guardA({ renewal });
      await loop.settle();
      await stage.work();
      await stage.clock.advance(500);
    }
    expect(await stage.state()).toMatchObject({ phase: 'running' });
    expect((await stage.runs())[0]?.stage).toBe(1);
  });

  it('goes on with the same plan under a new epoch, sealed again, when the leader is gone in the middle', async () => {
    const stage = new Stage();
    const first = stage.orchestrator('a');
    await stage.guardA();
    await first.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    for (let turn = 0; turn < 4; turn++) {
      await first.settle();
      await stage.work();
    }
    const [before] = await stage.runs();
    const second = stage.orchestrator('b');
    await second.settle();
    expect(await stage.epoch()).toBe(1);
    await stage.clock.advance(3_100);
    const done = await stage.play(second);
    expect(done.slice(0, 3)).toEqual(['seal-mirror-a-to-b', 'seal-name-kafka.example', 'seal-writes-b']);
    expect(await stage.epoch()).toBe(2);
    const [after] = await stage.runs();
    expect(after).toMatchObject({ id: before?.id, planHash: before?.planHash, epoch: epoch(2) });
    expect(await stage.state()).toMatchObject({ phase: 'steady', active: 'b' });
    expect((await stage.audit()).map(({ rule }) => rule)).toContain('take-over-run');
  });

  it('stands down at once when a resource carries a higher epoch', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA();
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    const done: string[] = [];
    for (let turn = 0; turn < 6; turn++) {
      await loop.settle();
      done.push(...(await stage.work((step) => (step.name === 'seal-writes-b' ? 'refused' : 'done'))));
    }
    expect(done).not.toContain('deny-inbound-b');
  });

  it('records a decision once, however often it is made again', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA();
    await stage.loseA(1_000);
    for (let turn = 0; turn < 10; turn++) {
      await loop.settle();
      await stage.clock.advance(100);
    }
    expect((await stage.audit()).map(({ rule }) => rule)).toEqual(['dwelling']);
  });

  it('drops a vote that its own site did not sign', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA();
    await stage.loseA(5_000);
    const key = keys.vote(clusterId('kafka-a'), w, processId(`health-monitor@w`));
    const vote = (await stage.journal.read(key)).entries[0]?.value ?? '';
    const forged = vote.replace('"keyId":"w-1"', '"keyId":"b-1"');
    await stage.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value: forged }] });
    await loop.settle();
    expect(await stage.runs()).toEqual([]);
    expect(await stage.state()).toMatchObject({ rule: 'active-no-quorum' });
  });
});
