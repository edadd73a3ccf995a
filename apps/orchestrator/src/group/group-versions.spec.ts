import { describe, expect, it } from '@jest/globals';
import type { Run } from '#libs/domain';
import { keys } from '#libs/journal';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { b, group, Stage } from '../../../../test/support/group-stage.js';
import { GroupVersions } from './group-versions.js';

/** A group in the middle of a run whose plan a newer version has made. */
async function midRun(stage: Stage): Promise<Run> {
  const loop = stage.orchestrator('b');
  await stage.guardA();
  await loop.settle();
  await stage.clock.advance(6_000);
  await stage.loseA(5_000);
  await loop.settle();
  const [run] = await stage.runs();
  if (!run) throw new Error('there is no run');
  const newer = { ...run, plan: { ...run.plan, version: 2 } };
  const changes = [{ kind: 'put', key: keys.run(run.id), value: JSON.stringify(newer) }] as const;
  await stage.journal.commit({ conditions: [], changes });
  return newer;
}

const leader = async (stage: Stage) => (await stage.journal.read(keys.leader(group))).entries[0]?.value;

describe(GroupVersions.name, () => {
  it('leaves a run whose plan it does not know to another orchestrator, and opens nothing more', async () => {
    const stage = new Stage();
    await midRun(stage);
    await stage.clock.advance(stage.topology.policy.leaderTtlMs);
    const epochBefore = await stage.epoch();
    const readiness = new ProcessReadiness(new InMemoryLog(), stage.clock);
    const old = stage.loopOf('old', stage.leadership(), new GroupVersions(readiness));
    await old.settle();
    expect(await leader(stage)).toBeUndefined();
    expect(await stage.epoch()).toBe(epochBefore);
    expect(readiness.report().components[`versions of ${group}`]).toMatchObject({
      reason: expect.stringContaining('follows a plan of version 2, and this process knows up to 1'),
    });
    const newer = new GroupVersions(readiness, () => true, 2);
    await stage.loopOf('new', stage.leadership(), newer).settle();
    expect(await leader(stage)).toBe('new');
    expect(await stage.epoch()).toBe(epochBefore + 1);
  });

  it('hands over a group that it leads', async () => {
    const stage = new Stage();
    const loop = stage.orchestrator('b');
    await stage.guardA();
    await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    await loop.settle();
    expect(await leader(stage)).toBe('b');
    const [run] = await stage.runs();
    const newer = { ...run, plan: { ...run!.plan, version: 2 } };
    const changes = [{ kind: 'put', key: keys.run(run!.id), value: JSON.stringify(newer) }] as const;
    await stage.journal.commit({ conditions: [], changes });
    await loop.settle();
    expect(await leader(stage)).toBeUndefined();
    expect(await stage.state()).toMatchObject({ phase: 'running', target: b });
  });

  it('does not lead while it may not write to the journal', async () => {
    const stage = new Stage();
    const readiness = new ProcessReadiness(new InMemoryLog(), stage.clock);
    let mayWrite = false;
    const loop = stage.loopOf('b', stage.leadership(), new GroupVersions(readiness, () => mayWrite));
    await loop.settle();
    expect(await leader(stage)).toBeUndefined();
    mayWrite = true;
    await loop.settle();
    expect(await leader(stage)).toBe('b');
  });
});
