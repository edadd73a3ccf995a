import { UnavailableError, type StrandedRange } from '#libs/domain';
import { KafkaRefusedError, type TopicLog } from '#libs/kafka';
import type { Flow } from '#libs/topology';
import { isCopied } from './flow-topics.js';
import type { TopicPartition } from './topic-partition.js';

/** What a partition holds at the source: from `start` up to, not including, `end`. */
export interface Extent extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

/** Transactions leave one marker for each partition and producer: more of them than this in a row are taken for records. */
const MARKERS_MAX = 100;
const ONE_BATCH = { waitMs: 0, maxBytes: 1 };

/** The log that a flow copies from, as the source cluster has it. @throws UnavailableError, KafkaRefusedError */
export class SourceLog {
  constructor(
    private readonly log: TopicLog,
    private readonly flow: Pick<Flow, 'source' | 'topics'>,
  ) {}

  async extents(): Promise<readonly Extent[]> {
    const extents = await Promise.all((await this.topics()).map((topic) => this.extentsOf(topic)));
    return extents.flat();
  }

  /** Without what is no record at its beginning: transaction markers, and what compaction left out. */
  async records(range: StrandedRange): Promise<StrandedRange> {
    const { topic, partition, to } = range;
    if (to - range.from > MARKERS_MAX) return range;
    for (let from = range.from; from < to; from++) {
      const [first] = await this.log.read(topic, partition, BigInt(from), ONE_BATCH);
      if (first) return { ...range, from: Math.min(Number(first.offset), to) };
    }
    return { ...range, from: to };
  }

  private async extentsOf(topic: string): Promise<readonly Extent[]> {
    // Asked anew each time: partitions that were added since would be missing.
    const partitions = await this.log.partitions(topic);
    const [starts, ends] = await Promise.all([this.log.startOffsets(topic), this.log.endOffsets(topic)]);
    return partitions.map((partition) => {
      const [start, end] = [starts.get(partition), ends.get(partition)];
      if (start === undefined || end === undefined)
        throw new UnavailableError(`cluster ${this.flow.source} does not say where ${topic}-${partition} ends`);
      return { topic, partition, start: Number(start), end: Number(end) };
    });
  }

  /** A topic that is named must be there. Of a prefix at least one must be: none is what a missing right looks like, too. */
  private async topics(): Promise<readonly string[]> {
    const { source, topics } = this.flow;
    const prefixes = topics.filter((topic) => topic.endsWith('*'));
    const names = topics.filter((topic) => !topic.endsWith('*'));
    if (prefixes.length === 0) return names;
    const matching = (await this.log.topics()).filter((topic) => isCopied({ topics: prefixes }, topic));
    if (matching.length === 0) {
      const problem = `cluster ${source} shows no topic ${prefixes.join(', ')}: let us describe them, or correct the flow`;
      throw new KafkaRefusedError(problem, 'UNKNOWN_TOPIC_OR_PARTITION');
    }
    return [...new Set([...names, ...matching])];
  }
}
