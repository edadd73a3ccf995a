import type { TopicLog } from '#libs/kafka';
import type { Link } from './link.js';

interface Outgoing {
  readonly topic: string;
  readonly key: string;
  readonly body: string;
}

/** More than this many events waiting for one request mean that the cluster is too slow for them: the oldest go. */
const WAITING_MAX = 256;

/** Sends to one cluster, one request at a time; what piles up meanwhile goes with the next one. */
export class ClusterPublisher {
  private readonly partitions = new Map<string, readonly number[]>();
  private waiting: Outgoing[] = [];
  private sending?: Promise<void>;

  constructor(
    private readonly log: TopicLog,
    private readonly link: Link,
  ) {}

  publish(event: Outgoing): void {
    this.waiting = [...this.waiting, event].slice(-WAITING_MAX);
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        for (const [topic, events] of Map.groupBy(batch, ({ topic }) => topic)) await this.send(topic, events);
        this.link.up();
      } catch (error) {
        this.partitions.clear();
        this.link.down(error);
      }
    }
  }

  private async send(topic: string, events: readonly Outgoing[]): Promise<void> {
    const partitions = this.partitions.get(topic) ?? (await this.log.partitions(topic));
    this.partitions.set(topic, partitions);
    const byPartition = Map.groupBy(events, ({ key }) => partitions[spread(key) % partitions.length] ?? 0);
    await Promise.all([...byPartition].map(([partition, mine]) => this.append(topic, partition, mine)));
  }

  private async append(topic: string, partition: number, events: readonly Outgoing[]): Promise<void> {
    const records = events.map(({ key, body }) => ({ key: Buffer.from(key), value: Buffer.from(body) }));
    const appended = await this.log.append(topic, partition, records);
    if (appended.outcome === 'refused') throw new Error(`Writing to ${topic} was refused: ${appended.reason}.`);
  }
}

/** One key, one partition. */
const spread = (key: string): number => Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0);
