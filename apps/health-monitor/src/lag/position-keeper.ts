import { signFlowPositions } from '#libs/contracts';
import { keys, type Journal } from '#libs/journal';
import type { Clock, Stop } from '#libs/runtime';
import type { Speaker } from '../reporting.js';
import type { FlowWatch } from './flow-watch.js';
import { positionRecord } from './position-record.js';

/**
 * Keeps the latest positions of every flow that ends here in the journal, where they outlive the flow's source and this
 * process. Nothing waits for it: while the journal cannot be reached, what is there grows old, and its date says so.
 */
export class PositionKeeper {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly speaker: Speaker,
    private readonly flows: readonly FlowWatch[],
    private readonly everyMs: number,
  ) {}

  start(): Stop {
    return this.clock.every(this.everyMs, () => this.keep());
  }

  private async keep(): Promise<void> {
    const changes = this.flows.flatMap((watch) => {
      const sample = watch.sample(this.clock.monotonicMs());
      if (!sample) return [];
      const draft = positionRecord(watch.flow, sample, this.speaker, this.clock.now(), watch.groups());
      const value = JSON.stringify(signFlowPositions(draft, this.speaker.key));
      return [{ kind: 'put', key: keys.flowPositions(watch.flow, this.speaker.process), value } as const];
    });
    if (changes.length === 0) return;
    // The key is this process's alone, and the next ones replace these: nothing is retried.
    await this.journal.commit({ conditions: [], changes }).catch(() => undefined);
  }
}
