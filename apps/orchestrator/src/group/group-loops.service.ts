import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Stop } from '#libs/runtime';
import type { JournalFollower } from '../view/journal-follower.js';
import type { GroupPulse } from './group-pulse.js';
import type { Leadership } from './leadership.js';

/** Starts one loop per group, wakes them when the journal moves, and lets another site lead when the process stops. */
export class GroupLoops implements BeforeApplicationShutdown, OnApplicationBootstrap {
  private stopFollowing: Stop = () => undefined;

  constructor(
    private readonly pulses: readonly GroupPulse[],
    private readonly follower: JournalFollower,
    private readonly leadership: Leadership,
  ) {}

  onApplicationBootstrap(): void {
    for (const pulse of this.pulses) void pulse.run();
    this.stopFollowing = this.follower.start(() => {
      for (const pulse of this.pulses) pulse.wake();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopFollowing();
    for (const pulse of this.pulses) pulse.stop();
    await this.leadership.resign();
  }
}
