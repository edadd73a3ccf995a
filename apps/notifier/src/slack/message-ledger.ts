import { decodeOrThrow } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import { keys, type Condition, type Journal, type LeaseId, type Revision } from '#libs/journal';
import { z } from 'zod';

/** Longer than a decision can wait for an answer, and as long as timers last. */
const KEPT_MS = 20 * 24 * 3_600_000;

const RecordWire = z.object({
  /** Claimed by one notifier, or there under the name that Slack gave it. */
  state: z.enum(['posting', 'posted']),
  by: z.string(),
  at: z.number(),
  ts: z.string().optional(),
  /** The notification that it was first told by. */
  first: z.string().optional(),
  /** Hash of what it shows. */
  shows: z.string().optional(),
});
export type ToldRecord = Readonly<z.infer<typeof RecordWire>>;
export interface HeldRecord extends ToldRecord {
  readonly revision: Revision;
}

/** Which message a channel has of what: by compare-and-set, so that two notifiers never both send it. */
export class MessageLedger {
  constructor(
    private readonly journal: Journal,
    private readonly channel: string,
    /** Of this incarnation of this process. */
    private readonly self: string,
  ) {}

  /** @throws SignalboxError */
  async find(subject: string): Promise<HeldRecord | undefined> {
    const key = keys.told(this.channel, subject);
    const [entry] = (await this.journal.read(key)).entries;
    return entry && { ...decodeOrThrow(RecordWire, entry.value, key), revision: entry.revision };
  }

  /** Undefined when another notifier was first. @throws SignalboxError */
  claim(subject: string, seen: HeldRecord | undefined, at: Instant, first: string): Promise<HeldRecord | undefined> {
    return this.put(subject, seen, { state: 'posting', by: this.self, at, first });
  }

  /** @throws SignalboxError */
  posted(subject: string, seen: HeldRecord, ts: string, shows: string): Promise<HeldRecord | undefined> {
    const { revision: _, ...record } = seen;
    return this.put(subject, seen, { ...record, state: 'posted', ts, shows });
  }

  /** Certainly nothing was sent. @throws SignalboxError */
  async release(subject: string, seen: HeldRecord): Promise<void> {
    const key = keys.told(this.channel, subject);
    const conditions: Condition[] = [{ kind: 'unchanged', key, revision: seen.revision }];
    await this.journal.commit({ conditions, changes: [{ kind: 'delete', key }] });
  }

  isOwn({ by }: ToldRecord): boolean {
    return by === this.self;
  }

  private async put(subject: string, seen: HeldRecord | undefined, record: ToldRecord) {
    const key = keys.told(this.channel, subject);
    const lease: LeaseId = await this.journal.grantLease(KEPT_MS);
    const condition: Condition = seen ? { kind: 'unchanged', key, revision: seen.revision } : { kind: 'absent', key };
    const put = { kind: 'put', key, value: JSON.stringify(record), lease } as const;
    const outcome = await this.journal.commit({ conditions: [condition], changes: [put] });
    return outcome.committed ? { ...record, revision: outcome.revision } : undefined;
  }
}
