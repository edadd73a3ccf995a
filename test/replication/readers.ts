import type { Clock } from '#libs/runtime';
import { waitFor } from '../demo/steady.js';
import type { Lab } from '../lab/lab.js';
import type { KafkaSite } from '../lab/layout.js';
import { startChild, type RunningChild } from './child.js';
import type { LoadLedger } from './load.js';
import { READ_IN_FULL } from './topics.js';

const CAUGHT_UP_WITHIN_MS = 120_000;
const GROUP = 'app-trial';

/** What a group did at the site that it was moved to. */
export interface ReadReport {
  /** Records that it had been given before. */
  readonly readAgain: number;
  /** Acknowledged records that nobody was given. */
  readonly neverRead: number;
}

/**
 * A consumer group that follows the group of topics from site to site, by nothing but the offsets that are kept for it
 * there. What is compacted is not read: a record may go before anybody has read it.
 */
export class Readers {
  private readonly times = new Map<string, number>();
  private running: RunningChild | undefined;
  private again = 0;

  constructor(
    private readonly lab: Lab,
    private readonly clock: Clock,
    private readonly ledger: LoadLedger,
  ) {}

  /** Leaves where it is, if anywhere, and goes on there. */
  async goTo(site: KafkaSite): Promise<void> {
    await this.leave();
    const args = [this.lab.site(site).kafka.clientAddress, GROUP];
    this.running = startChild(this.lab, 'w', { name: `readers-at-${site}`, module: './read-child.js', args }, (told) =>
      this.take((told as { readonly ids: readonly string[] }).ids),
    );
  }

  async leave(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Once all that was acknowledged has been read, or has not been for a long time. `readAgain` counts from the report before. */
  async report(): Promise<ReadReport> {
    const caughtUp = () => Promise.resolve(this.neverRead() === 0 || undefined);
    await waitFor('readers', { clock: this.clock, withinMs: CAUGHT_UP_WITHIN_MS }, caughtUp).catch(() => undefined);
    const readAgain = this.again;
    this.again = 0;
    return { readAgain, neverRead: this.neverRead() };
  }

  private neverRead(): number {
    return this.ledger.acked.filter(({ topic, id }) => READ_IN_FULL.includes(topic) && !this.times.has(id)).length;
  }

  private take(ids: readonly string[]): void {
    for (const id of ids) {
      const times = (this.times.get(id) ?? 0) + 1;
      this.times.set(id, times);
      if (times > 1) this.again += 1;
    }
  }
}

export const problemsOfReading = (leg: string, { neverRead }: ReadReport): readonly string[] =>
  neverRead === 0 ? [] : [`${leg}: ${neverRead} acknowledged records were read by nobody`];
