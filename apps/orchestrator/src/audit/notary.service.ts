import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { isTerminal } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { filter, type Subscription } from 'rxjs';
import type { EventFeed } from '../view/event-feed.js';
import type { Notary } from './notary.js';

/** Has the notary sign every so often, and as soon as a run is closed. */
export class NotaryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ended = new AbortController();
  private nap = new AbortController();
  private following: Subscription | undefined;

  constructor(
    private readonly notary: Pick<Notary, 'attest'>,
    private readonly feed: EventFeed,
    private readonly clock: Clock,
    private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    const closed = this.feed.events.pipe(filter(({ event }) => event.kind === 'run' && isTerminal(event.data.phase)));
    this.following = closed.subscribe(() => this.nap.abort());
    void this.run();
  }

  beforeApplicationShutdown(): void {
    this.following?.unsubscribe();
    this.ended.abort();
    this.nap.abort();
  }

  private async run(): Promise<void> {
    while (!this.ended.signal.aborted) {
      this.nap = new AbortController();
      await this.notary.attest();
      if (!this.ended.signal.aborted) await this.clock.sleep(this.everyMs, this.nap.signal);
    }
  }
}
