import type { SimProcess } from '../kernel/sim-process.js';
import type { FaultKind } from './fault.js';

const MINUTE_MS = 60_000;
/** More than this between two machines and the fence margin does not hold; design §7 says 10 % between any two. */
const DRIFT = 0.045;
const HOUR_MS = 60 * MINUTE_MS;
const GIVES_UP_MS = 10_000;
const BACK_AFTER_MS = 500;
const LOOK_AGAIN_MS = 100;

const pause = (name: string, isSuspended: boolean): FaultKind => ({
  name,
  lasts: [1_000, 2 * MINUTE_MS],
  strike: ({ cast, forMs }, draw) => {
    const id = draw.pick(cast.names);
    cast.process(id).pauses(forMs, isSuspended);
    return { says: `${id} ${isSuspended ? 'is suspended with its machine' : 'stands still'}` };
  },
});

export const ofProcesses: readonly FaultKind[] = [
  {
    name: 'process-crash',
    lasts: [1_000, MINUTE_MS],
    strike: ({ cast, forMs }, draw) => {
      const id = draw.pick(cast.names);
      cast.crash(id, forMs);
      return { says: `${id} dies` };
    },
  },
  {
    name: 'leader-crash',
    lasts: [1_000, 20_000],
    strike: ({ cast, judge, forMs }) => {
      const id = judge.facts.leader?.split('#')[0];
      if (id === undefined) return { says: 'there is no leader to die' };
      cast.crash(id, forMs);
      return { says: `the leader ${id} dies` };
    },
  },
  {
    name: 'crash-loop',
    lasts: [20_000, 2 * MINUTE_MS],
    strike: ({ cast, stage: { timeline }, forMs }, draw) => {
      const ids = draw.some(cast.names, 4);
      const untilMs = timeline.nowMs + forMs;
      const again = () => {
        if (timeline.nowMs >= untilMs) return;
        cast.crash(draw.pick(ids), draw.lasting(200, 3_000));
        timeline.after(draw.lasting(50, 10_000), again);
      };
      again();
      return { says: `${ids.join(', ')} die again and again` };
    },
  },
  {
    name: 'zombie-worker',
    lasts: [15_000, 30_000],
    strike: (ground, draw) => {
      const { stage, cast, judge } = ground;
      const { timeline, world, etcd } = stage;
      const untilMs = timeline.nowMs + GIVES_UP_MS;
      const troubled = [...world.resources.values()].filter(({ kind }) => !kind.look || kind.fence === 'weak');
      for (const resource of troubled) resource.trouble = { ...resource.trouble, isAway: true };
      let zombie: SimProcess | undefined;
      const hang = (id: string) => {
        timeline.after(BACK_AFTER_MS, () => troubled.forEach((resource) => (resource.trouble = {})));
        zombie = cast.replace(id);
        if (!zombie) return;
        zombie.isCutOff = true;
        zombie.pauses(draw.between(1_500, 3_000), false);
        const leader = judge.facts.leader?.split('#')[0];
        if (leader !== undefined) void etcd.endLeasesOf(leader);
      };
      // It gets no answer over a change that it took; then it hangs, and somebody else leads and does the step.
      const wait = () => {
        const taken = [...judge.facts.steps.values()].find(
          ({ action, status, takenBy }) => action === 'apply' && status === 'taken' && takenBy?.includes('-switcher@'),
        );
        if (taken?.takenBy !== undefined || timeline.nowMs >= untilMs)
          return hang(taken?.takenBy ?? 'mirror-switcher@b');
        timeline.after(LOOK_AGAIN_MS, wait);
      };
      wait();
      return { says: 'a worker hangs over a change, is replaced, and goes on', end: () => zombie?.end() };
    },
  },
  {
    name: 'worker-pause',
    lasts: [500, 30_000],
    strike: ({ cast, forMs }, draw) => {
      const workers = cast.names.filter((name) => !/orchestrator|monitor/.test(name));
      const paused = draw.some(workers, draw.whole(1, 3));
      for (const id of paused) cast.process(id).pauses(forMs, false);
      return { says: `${paused.join(', ')} stand still` };
    },
  },
  pause('process-pause', false),
  pause('machine-suspended', true),
  {
    name: 'clock-jump',
    lasts: [1_000, 2_000],
    strike: ({ cast }, draw) => {
      const id = draw.pick(cast.names);
      const byMs = Math.round(draw.between(-HOUR_MS, HOUR_MS));
      cast.process(id).jumps(byMs);
      return { says: `the clock of ${id} is set by ${byMs} ms` };
    },
  },
  {
    name: 'clock-drift',
    lasts: [2 * MINUTE_MS, 10 * MINUTE_MS],
    strike: ({ cast }, draw) => {
      const process = cast.process(draw.pick(cast.names));
      const rate = 1 + draw.between(-DRIFT, DRIFT);
      process.clock.runsAt(rate);
      return { says: `the clocks of ${process.id} run at ${rate.toFixed(3)}`, end: () => process.clock.runsAt(1) };
    },
  },
];
