import type { Stop } from '#libs/runtime';
import { clock } from './condition.js';
import type { Part } from './part.js';
import { isAlive, type Processes } from './processes.js';
import type { RunDirectory } from './run-directory.js';

const LOOK_EVERY_MS = 200;
/** As a kubelet's first restart. */
const RESTART_AFTER_MS = 1_000;

/** Brings back what died, a second later, unless its site is down or it is held. A site that is no longer down starts at once. */
export class Supervisor {
  private readonly diedAt = new Map<Part, number>();

  constructor(
    private readonly run: RunDirectory,
    private readonly processes: Processes,
    private readonly parts: readonly Part[],
  ) {}

  start(): Stop {
    return clock.every(LOOK_EVERY_MS, () => this.look());
  }

  /** A part that cannot be started now is tried again at the next look. */
  private async look(): Promise<void> {
    await Promise.allSettled(this.parts.map((part) => this.lookAfter(part)));
  }

  private async lookAfter(part: Part): Promise<void> {
    const now = clock.monotonicMs();
    if (!this.isWanted(part)) {
      this.diedAt.set(part, now - RESTART_AFTER_MS);
      return;
    }
    const record = this.run.process(part.site, part.name);
    if (record !== undefined && isAlive(record)) {
      this.diedAt.delete(part);
      return;
    }
    const diedAt = this.diedAt.get(part) ?? now;
    this.diedAt.set(part, diedAt);
    if (now - diedAt < RESTART_AFTER_MS) return;
    const command = await part.prepare();
    // Looked at again after the wait: the site may have been killed meanwhile.
    if (this.isWanted(part)) this.processes.start(part.site, part.name, command);
  }

  private isWanted(part: Part): boolean {
    return this.run.exists() && !this.run.isDown(part.site) && !this.run.isHeld(part.site, part.name);
  }
}
