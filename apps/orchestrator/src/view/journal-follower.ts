import { Injectable } from '@nestjs/common';
import { ApprovalWire, AuditEntryWire, decode, RunWire, StepRecordWire } from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import { Journal, keys, type Entry, type Revision, type WatchEvent } from '#libs/journal';
import { Clock, type Stop } from '#libs/runtime';
import { EventFeed, type FeedEvent } from './event-feed.js';

/** How long until an unreachable journal is asked again where to follow from. */
const RETRY_MS = 1_000;

/** What people follow, by the prefix it is written under. */
const TOLD = {
  [keys.audits()]: { kind: 'decision', wire: AuditEntryWire },
  [keys.runs()]: { kind: 'run', wire: RunWire },
  [keys.approvals()]: { kind: 'approval', wire: ApprovalWire },
} as const;

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
    const onEvents = (events: readonly WatchEvent[]) => {
      for (const event of events) if (event.kind === 'put') this.tell(event.entry);
      onChange(events.map((event) => (event.kind === 'put' ? event.entry.key : event.key)));
    };
    const prefixes = [...Object.keys(TOLD), keys.groups()];
    const stops = prefixes.map((prefix) => this.journal.watch(prefix, from, { onEvents, onGap: resolve }));
    const end = () => resolve();
    stopped.addEventListener('abort', end, { once: true });
    return promise.finally(() => {
      stopped.removeEventListener('abort', end);
      for (const stop of stops) stop();
    });
  }

  private tell({ key, value }: Entry): void {
    const told = Object.entries(TOLD).find(([prefix]) => key.startsWith(prefix))?.[1];
    if (!told) return;
    const isStep = told.kind === 'run' && !key.endsWith('/run');
    const record = decode(isStep ? StepRecordWire : told.wire, value, key);
    if (record.ok) this.feed.emit({ kind: isStep ? 'step' : told.kind, data: record.value } as FeedEvent);
  }
}
