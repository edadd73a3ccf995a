import { isTerminal, type Run } from '#libs/domain';
import type { Transaction } from '#libs/journal';

/** The runs as they were committed, one after the other. */
export class Chronicle {
  readonly runs = new Map<string, Run>();
  /** How many runs were open at once, at most. */
  openAtOnce = 0;

  note({ changes }: Transaction): void {
    for (const change of changes) {
      if (change.kind !== 'put' || !change.key.endsWith('/run')) continue;
      const run = JSON.parse(change.value) as Run;
      this.runs.set(run.id, run);
    }
    const open = [...this.runs.values()].filter(({ phase }) => !isTerminal(phase));
    this.openAtOnce = Math.max(this.openAtOnce, open.length);
  }

  /** All that were started are closed, and one was. */
  get allClosed(): boolean {
    return this.runs.size > 0 && [...this.runs.values()].every(({ phase }) => isTerminal(phase));
  }
}
