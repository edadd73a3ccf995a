import { describe, expect, it } from '@jest/globals';
import { RunWire, decodeOrThrow } from '#libs/contracts';
import { groupId, isTerminal } from '#libs/domain';
import { keys } from '#libs/journal';
import { Stage, stageTopology } from '../../../../test/support/group-stage.js';
import { settingsOf } from './group-settings.js';

/** Groups of one journal that all live at site A; the ones that may wait are looked at first. */
function town(tiers: readonly (1 | 2 | 3)[]) {
  const base = stageTopology();
  const [example] = base.groups;
  if (!example) throw new Error('The example has a group.');
  const groups = tiers.map((tier, index) => ({ ...example, id: groupId(`g-${index}`), tier }));
  const topology = { ...base, groups: [example, ...groups] };
  const stage = new Stage({}, {}, { topology });
  const leadership = stage.leadership();
  const loops = groups.map(({ id }) => stage.loopOf('b', leadership, undefined, settingsOf(stage.topology, id)));
  return { stage, loops };
}

const openRuns = async ({ journal }: Stage) => {
  const { entries } = await journal.read(keys.runs());
  const runs = entries
    .filter(({ key }) => key.endsWith('/run'))
    .map(({ key, value }) => decodeOrThrow(RunWire, value, key));
  return { runs, open: runs.filter(({ phase }) => !isTerminal(phase)).length };
};

describe('groups that lose their site together', () => {
  it('move three at a time, tier by tier, as one event', async () => {
    const { stage, loops } = town([3, 2, 2, 2, 2, 2, 1, 1]);
    await stage.guardA();
    for (const loop of loops) await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(0);
    for (const loop of loops) await loop.settle();
    await stage.clock.advance(5_000);
    await stage.loseA(5_000);
    let atOnce = 0;
    for (let turns = 0; turns < 400; turns++) {
      for (const loop of loops) await loop.settle();
      const { runs, open } = await openRuns(stage);
      atOnce = Math.max(atOnce, open);
      if (runs.length === loops.length && open === 0) break;
      await stage.work();
      await stage.clock.advance(100);
    }
    expect(atOnce).toBe(3);
    const { runs } = await openRuns(stage);
    const inOrder = runs.toSorted((one, other) => one.startedAt - other.startedAt).map(({ plan }) => plan.group);
    expect(inOrder.slice(0, 2).toSorted()).toEqual(['g-6', 'g-7']);
    expect(inOrder.at(-1)).toBe('g-0');
    const { entries } = await stage.journal.read(keys.neighbours(), keys.tierInLine(1), keys.tierInLine(2));
    expect(entries.map(({ key }) => key)).toEqual([keys.siteEvent()]);
  });

  it('never take one turn twice, however many read at the same revision', async () => {
    const { stage, loops } = town([2, 2, 2, 2, 2, 2]);
    await stage.guardA();
    for (const loop of loops) await loop.settle();
    await stage.clock.advance(6_000);
    await stage.loseA(5_000);
    await Promise.all(loops.map((loop) => loop.settle()));
    const { runs } = await openRuns(stage);
    expect(runs).toHaveLength(3);
    const { entries } = await stage.journal.read(keys.siteTurns());
    const holders = entries.map(({ value }) => (JSON.parse(value) as { readonly run: string }).run);
    expect(holders.toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
  });
});
