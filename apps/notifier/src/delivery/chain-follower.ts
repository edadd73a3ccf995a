import { SignalboxError } from '#libs/domain';
import { keys, type Journal, type Revision } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import type { AuditChains } from './audit-chains.js';

/** Says that a chain grew, as it happens. Who is told looks for itself: nothing depends on hearing everything. */
export class ChainFollower {
  constructor(
    private readonly journal: Journal,
    private readonly chains: AuditChains,
    private readonly clock: Clock,
    private readonly retryMs: number,
  ) {}

  async run(signal: AbortSignal, onNews: () => void): Promise<void> {
    while (!signal.aborted) {
      const from = await this.now();
      if (from === undefined) await this.clock.sleep(this.retryMs, signal);
      else await this.untilGap(from, signal, onNews);
    }
  }

  private async now(): Promise<Revision | undefined> {
    try {
      return (await this.chains.heads()).revision;
    } catch (error) {
      if (error instanceof SignalboxError) return undefined;
      throw error;
    }
  }

  private untilGap(from: Revision, signal: AbortSignal, onNews: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.journal.watch(keys.auditHeads(), from, { onEvents: onNews, onGap: resolve });
    if (signal.aborted) resolve();
    const end = () => resolve();
    signal.addEventListener('abort', end, { once: true });
    return promise.finally(() => {
      signal.removeEventListener('abort', end);
      stop();
    });
  }
}
