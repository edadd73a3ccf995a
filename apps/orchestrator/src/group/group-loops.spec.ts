import { describe, expect, it } from '@jest/globals';
import { processId } from '#libs/domain';
import { keys, Membership, SCHEMA } from '#libs/journal';
import { InMemoryLog, ProcessReadiness, TimeSense } from '#libs/runtime';
import { b, group, Stage } from '../../../../test/support/group-stage.js';
import { GroupLoops } from './group-loops.service.js';
import { GroupPulse } from './group-pulse.js';
import type { JournalFollower } from '../view/journal-follower.js';

const SILENT = { start: () => () => undefined } as unknown as JournalFollower;

describe(GroupLoops.name, () => {
  const started = async () => {
    const stage = new Stage();
    await stage.allWell();
    const leadership = stage.leadership();
    const loop = stage.loopOf('b', leadership);
    const { clock } = stage;
    const pulse = new GroupPulse({
      clock,
      settle: () => loop.settle(),
      restMs: () => 500,
      onAvailable: () => undefined,
      onUnavailable: () => undefined,
    });
    const sense = new TimeSense(clock, 1_000);
    const self = { process: processId('orchestrator@b'), site: b, schema: SCHEMA, handlers: [] };
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const membership = new Membership({ journal: stage.journal, clock, readiness }, self, 3_000);
    const loops = new GroupLoops([pulse], { follower: SILENT, leadership, sense, clock, membership });
    loops.onApplicationBootstrap();
    await clock.advance(1_000);
    return { stage, loops };
  };
  const leader = async (stage: Stage) => (await stage.journal.read(keys.leader(group))).entries[0]?.value;

  it('leaves the lead at once when the process ends, and does not take it again', async () => {
    const { stage, loops } = await started();
    expect(await leader(stage)).toBe('b');
    await loops.beforeApplicationShutdown();
    expect(await leader(stage)).toBeUndefined();
    await stage.clock.advance(10_000);
    expect(await leader(stage)).toBeUndefined();
  });

  it('lets another one lead without waiting for the lease to end', async () => {
    const { stage, loops } = await started();
    const other = stage.orchestrator('a');
    await loops.beforeApplicationShutdown();
    await other.settle();
    expect(await leader(stage)).toBe('a');
  });
});
