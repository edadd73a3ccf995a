import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Membership } from '#libs/journal';
import type { Clock, Stop, TimeSense } from '#libs/runtime';
import type { JournalFollower } from '../view/journal-follower.js';
import type { GroupPulse } from './group-pulse.js';
import type { Leadership } from './leadership.js';

/** Turns in progress are waited for this long, so that another site leads soon also when the journal hangs. */
const TURNS_END_WITHIN_MS = 2_000;

export interface LoopsPorts {
  readonly follower: JournalFollower;
  readonly leadership: Leadership;
  readonly sense: TimeSense;
  readonly clock: Clock;
  readonly membership: Membership;
}

/** Starts one loop per group, wakes them when what concerns them moves in the journal, and lets another site lead when the process stops. */
export class GroupLoops implements BeforeApplicationShutdown, OnApplicationBootstrap {
  private stops: readonly Stop[] = [];
  private running: readonly Promise<void>[] = [];

  constructor(
    private readonly pulses: readonly GroupPulse[],
    private readonly ports: LoopsPorts,
  ) {}

  onApplicationBootstrap(): void {
    const { follower, sense, membership } = this.ports;
    const onChanged = (keys: readonly string[]) => {
      for (const pulse of this.pulses) for (const key of keys) pulse.changed(key);
    };
    membership.start();
    this.running = this.pulses.map((pulse) => pulse.run());
    this.stops = [sense.start(), follower.start(onChanged)];
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { leadership, clock, membership } = this.ports;
    leadership.drain();
    for (const stop of this.stops) stop();
    for (const pulse of this.pulses) pulse.stop();
    await Promise.race([Promise.all(this.running), clock.sleep(TURNS_END_WITHIN_MS)]);
    await leadership.resign('it stops');
    await membership.stop();
  }
}
