import type { SalvageConflicts } from '#libs/domain';
import type { WholeLog, WholeRecord } from '#libs/kafka';
import { isSalvaged } from './provenance.js';

const NEVER = -1;

export interface TargetPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where its log ended when the site was promoted: what its clients wrote begins here. */
  readonly from: number;
}

/** What the clients of the site that serves have written of the keys that are stranded. Memory grows with those keys. */
export class NewerWrites {
  /** The latest timestamp by key; `NEVER` where nothing was written since. */
  private readonly latest = new Map<string, number>();
  private next: number;

  constructor(
    private readonly log: WholeLog,
    private readonly at: TargetPartition,
    private readonly conflicts: SalvageConflicts,
  ) {
    this.next = at.from;
  }

  /** A key that may have to be compared. Before the first `follow`. */
  expect({ key }: Pick<WholeRecord, 'key'>): void {
    if (key && this.conflicts !== 'keep-all') this.latest.set(nameOf(key), NEVER);
  }

  /** Reads on to the end. Who writes after it and before the copy is seen too late: the two then stand in their order. */
  async follow(): Promise<void> {
    if (this.latest.size === 0) return;
    for (;;) {
      const { records, next } = await this.log.read(this.at.topic, this.at.partition, this.next);
      for (const record of records) this.take(record);
      if (next === this.next) return;
      this.next = next;
    }
  }

  /** Whether a stranded record is not to be appended behind what is there. Without a key nothing takes its place. */
  supersede({ key, timestamp }: Pick<WholeRecord, 'key' | 'timestamp'>): boolean {
    const latest = key ? (this.latest.get(nameOf(key)) ?? NEVER) : NEVER;
    if (latest === NEVER) return false;
    return this.conflicts === 'serving-site-wins' || latest >= timestamp;
  }

  private take(record: WholeRecord): void {
    const name = record.key && nameOf(record.key);
    const latest = name === null ? undefined : this.latest.get(name);
    if (name === null || latest === undefined || isSalvaged(record)) return;
    this.latest.set(name, Math.max(latest, record.timestamp));
  }
}

const nameOf = (key: Buffer): string => key.toString('latin1');
