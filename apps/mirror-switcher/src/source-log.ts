import { UnavailableError, type StrandedRange } from '#libs/domain';
import { firstToCopy, KafkaRefusedError, type MirroredLog, type TopicLog } from '#libs/kafka';
import type { Flow } from '#libs/topology';
import { isCopied } from './flow-topics.js';
import type { TopicPartition } from './topic-partition.js';

/** What a partition holds at the source: from `start` up to, not including, `end`. */
export interface Extent extends TopicPartition {
  readonly start: number;
  readonly end: number;
}

/** The log that a flow copies from, as the source cluster has it. @throws UnavailableError, KafkaRefusedError */
export class SourceLog {
  constructor(
    private readonly log: TopicLog,
    /** The same log, as the flow reads it. */
    private readonly mirrored: MirroredLog,
    private readonly flow: Pick<Flow, 'source' | 'topics'>,
  ) {}

  async extents(): Promise<readonly Extent[]> {
    const extents = await Promise.all((await this.topics()).map((topic) => this.extentsOf(topic)));
    return extents.flat();
  }

  /** Without what is nothing to copy at its beginning: markers, transactions that were taken back, copies that a salvage made. */
  async records(range: StrandedRange): Promise<StrandedRange> {
    const { topic, partition, from, to } = range;
    return { ...range, from: await firstToCopy(this.mirrored, topic, partition, from, to) };
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
