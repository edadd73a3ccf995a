import { Injectable } from '@nestjs/common';
import { SignalboxError } from '#libs/domain';
import { Journal, keys, type Revision } from '#libs/journal';
import { Clock, type Stop } from '#libs/runtime';
import { cursorAt } from './event-cursor.js';
import { EventFeed } from './event-feed.js';
import { followJournal, keysOf } from './followed-journal.js';

/** How long until an unreachable journal is asked again where to follow from. */
const RETRY_MS = 1_000;

/** Keys that were written or removed together. */
type OnChange = (keys: readonly string[]) => void;

/** Follows what is written to the journal from now on: tells it to the feed, and that something moved to whoever waits. */
@Injectable()
export class JournalFollower {
  constructor(
    private readonly journal: Journal,
    private readonly feed: EventFeed,
    private readonly clock: Clock,
  ) {}

  start(onChange: OnChange): Stop {
    const stopped = new AbortController();
    void this.follow(onChange, stopped.signal);
    return () => stopped.abort();
  }

  private async follow(onChange: OnChange, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const from = await this.now();
      if (from === undefined) await this.clock.sleep(RETRY_MS, stopped);
      else await this.watchUntilGap(from, onChange, stopped);
    }
  }

  private async now(): Promise<Revision | undefined> {
    try {
      return (await this.journal.read(keys.topology())).revision;
    } catch (error) {
      if (error instanceof SignalboxError) return undefined;
      throw error;
    }
  }

  private watchUntilGap(from: Revision, onChange: OnChange, stopped: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => resolve();
    this.feed.reached(cursorAt(from));
    const stops = [
      followJournal(this.journal, cursorAt(from), {
        onEvent: (event, cursor) => this.feed.emit(event, cursor),
        onChange,
        onGap: end,
      }),
      this.journal.watch(keys.groups(), from, { onEvents: (events) => onChange(keysOf(events)), onGap: end }),
    ];
    stopped.addEventListener('abort', end, { once: true });
    return promise.finally(() => {
      stopped.removeEventListener('abort', end);
      for (const stop of stops) stop();
    });
  }
}
