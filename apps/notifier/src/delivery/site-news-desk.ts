import { decode, decodeOrThrow, SiteAuditEntryWire, type Notification } from '#libs/contracts';
import { siteId, SignalboxError, type SiteAuditEntry, type SiteId } from '#libs/domain';
import { AuditHeadWire, keys, type Condition, type Journal, type Revision } from '#libs/journal';
import type { Clock, Log, Random } from '#libs/runtime';
import { z } from 'zod';
import type { NotificationChannel } from '../channel/notification-channel.js';
import { newsOf } from '../notification/site-news.js';
import { backoffMs } from './backoff.js';
import { isFor, type Route } from './route.js';

/** Whoever makes the noise writes it: people are told of it this often, and how often it was. */
const QUIET_MS = 900_000;
const BATCH = 64;
const ATTEMPTS = 5;

const CursorWire = z.object({
  sequence: z.int().nonnegative(),
  toldAt: z.number().default(0),
  /** Since then. */
  untold: z.int().nonnegative().default(0),
});
type Cursor = z.infer<typeof CursorWire>;
interface Held {
  readonly cursor: Cursor;
  readonly revision: Revision;
}

export interface SiteNewsPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
type Channel = Route & { readonly id: string; readonly port: NotificationChannel };

/** Tells what stands in the sites' own chains and is about no group, seldom enough that nobody can make it a flood. */
export class SiteNewsDesk {
  private isBusy = false;

  constructor(
    private readonly notifier: string,
    private readonly channels: readonly Channel[],
    private readonly ports: SiteNewsPorts,
  ) {}

  /** While this process delivers. Waits for no channel. */
  look(signal: AbortSignal): void {
    if (this.isBusy || this.channels.length === 0) return;
    this.isBusy = true;
    void this.round(signal).finally(() => {
      this.isBusy = false;
    });
  }

  private async round(signal: AbortSignal): Promise<void> {
    try {
      const prefix = keys.siteAuditHeads();
      for (const { key, value } of (await this.ports.journal.read(prefix)).entries) {
        const head = decode(AuditHeadWire, value, key);
        if (head.ok) await this.catchUp(siteId(key.slice(prefix.length)), head.value.sequence, signal);
      }
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.log.debug(`The sites' own chains were not looked at: ${error.message}`);
    }
  }

  /** What was there before the first look is no news. */
  private async catchUp(site: SiteId, end: number, signal: AbortSignal): Promise<void> {
    const held = await this.read(site);
    if (!held) return this.move(site, undefined, { sequence: end, toldAt: 0, untold: 0 });
    if (held.cursor.sequence >= end) return;
    const { sequence } = held.cursor;
    const entries = await this.entries(site, sequence + 1, Math.min(end, sequence + BATCH));
    await this.move(
      site,
      held,
      await this.tell(entries, { ...held.cursor, sequence: sequence + entries.length }, signal),
    );
  }

  private async tell(entries: readonly SiteAuditEntry[], cursor: Cursor, signal: AbortSignal): Promise<Cursor> {
    const worth = entries.filter((entry) => newsOf(entry) !== undefined);
    const [latest] = worth.slice(-1);
    if (!latest) return cursor;
    const untold = cursor.untold + worth.length - 1;
    const now = this.ports.clock.now();
    if (now - cursor.toldAt < QUIET_MS) return { ...cursor, untold: untold + 1 };
    const news = newsOf(latest, untold);
    if (news) await Promise.all(this.channels.map((channel) => this.deliver(channel, news, signal)));
    return { ...cursor, toldAt: now, untold: 0 };
  }

  private async deliver({ id, port, ...route }: Channel, news: Notification, signal: AbortSignal): Promise<void> {
    if (!isFor(route, news)) return;
    for (let failures = 1; failures <= ATTEMPTS && !signal.aborted; failures++) {
      try {
        return await port.deliver(news, signal);
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        this.ports.log.warn({ channel: id, notification: news.id }, `Channel ${id} was not told: ${error.message}`);
        if (!error.retryable) return;
        await this.ports.clock.sleep(backoffMs(failures, this.ports.random.fraction()), signal);
      }
    }
  }

  private async entries(site: SiteId, first: number, last: number): Promise<readonly SiteAuditEntry[]> {
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => keys.siteAuditEntry(site, first + index));
    const { entries } = await this.ports.journal.read(...wanted);
    return entries.map(({ key, value }) => decodeOrThrow(SiteAuditEntryWire, value, key));
  }

  private async read(site: SiteId): Promise<Held | undefined> {
    const key = keys.notifiedOfSite(site);
    const [entry] = (await this.ports.journal.read(key)).entries;
    return entry && { cursor: decodeOrThrow(CursorWire, entry.value, key), revision: entry.revision };
  }

  /** Only the notifier that delivers moves it, and only from where it saw it. */
  private async move(site: SiteId, held: Held | undefined, cursor: Cursor): Promise<void> {
    const key = keys.notifiedOfSite(site);
    const seen: Condition = held ? { kind: 'unchanged', key, revision: held.revision } : { kind: 'absent', key };
    const leads: Condition = { kind: 'equals', key: keys.notifierLeader(), value: this.notifier };
    const put = { kind: 'put', key, value: JSON.stringify(cursor) } as const;
    await this.ports.journal.commit({ conditions: [leads, seen], changes: [put] });
  }
}
