import type { Instant } from '#libs/domain';

export type KafkaSite = 'a' | 'b';

/** One record of one producer, e.g. `app-17`: the key of the Kafka record, and how it is found again in a log. */
export type RecordId = string;

export const recordId = (producer: string, sequence: number): RecordId => `${producer}-${sequence}`;

interface Sent {
  readonly id: RecordId;
  readonly site: KafkaSite;
  readonly sentAt: Instant;
}

export interface Acknowledged extends Sent {
  readonly ackedAt: Instant;
}

/** Sent, and either refused or without an answer: it may have been appended or not. */
export interface Unacknowledged extends Sent {
  readonly failedAt: Instant;
  readonly reason: string;
}

export interface Consumed {
  readonly id: RecordId;
  readonly site: KafkaSite;
  readonly consumedAt: Instant;
}

/** What the demo's clients saw, as they saw it. No record is sent twice: whatever is there twice was copied twice. */
export class Ledger {
  readonly acknowledged: Acknowledged[] = [];
  readonly unacknowledged: Unacknowledged[] = [];
  readonly consumed: Consumed[] = [];
  private readonly acknowledgedIds = new Set<RecordId>();

  acknowledge(record: Acknowledged): void {
    this.acknowledged.push(record);
    this.acknowledgedIds.add(record.id);
  }

  fail(record: Unacknowledged): void {
    this.unacknowledged.push(record);
  }

  consume(record: Consumed): void {
    this.consumed.push(record);
  }

  isAcknowledged(id: RecordId): boolean {
    return this.acknowledgedIds.has(id);
  }

  /** What was seen up to now, for counting while the clients go on. */
  snapshot(): Ledger {
    const copy = new Ledger();
    for (const record of this.acknowledged) copy.acknowledge(record);
    for (const record of this.unacknowledged) copy.fail(record);
    for (const record of this.consumed) copy.consume(record);
    return copy;
  }
}

export interface Served {
  readonly id: RecordId;
  readonly producedAt: Instant;
  readonly consumedAt: Instant;
}

/** The first record since an instant that a client could produce AND consume at `site`. That is when service is back. */
export const firstServed = (
  { acknowledged, consumed }: Ledger,
  site: KafkaSite,
  since = -Infinity,
): Served | undefined => {
  const producedAt = new Map(
    acknowledged
      .filter((record) => record.site === site && record.sentAt >= since)
      .map(({ id, ackedAt }) => [id, ackedAt]),
  );
  for (const { id, site: where, consumedAt } of consumed) {
    const produced = producedAt.get(id);
    if (where === site && produced !== undefined) return { id, producedAt: produced, consumedAt };
  }
  return undefined;
};
