import { decodeOrThrow, PositionsWire } from '#libs/contracts';
import type { Positions } from '#libs/domain';
import { KafkaRefusedError, LogTail, type LogRecord, type TopicLog, type TransactionalWriter } from '#libs/kafka';

/** On the flow's target: what the groups of a source were must be known when it is lost. */
export const SOURCE_GROUPS_TOPIC = 'signalbox.source-groups';
const PARTITION = 0;
/** Small segments are compacted soon, and little is read at a start. */
const SETTINGS = { 'cleanup.policy': 'compact', 'segment.bytes': '1048576', 'min.cleanable.dirty.ratio': '0.1' };
/** A place moves all the time: which places there are is what counts, and is written at once. */
const MOVED_WRITTEN_AFTER_MS = 600_000;

/** By group: the next offset that it reads of each partition, as the source names it. */
export type PlacesByGroup = ReadonlyMap<string, Positions>;

interface Remembered {
  readonly places: Positions;
  readonly writtenAtMs: number;
}

/** The groups that consume a flow's topics at its source, as they were when the source was seen last. */
export class SourceGroups {
  private readonly remembered = new Map<string, Remembered>();
  private readonly tail: LogTail;
  private isThere = false;

  /** Both of the target. */
  constructor(
    private readonly log: TopicLog,
    private readonly writer: Pick<TransactionalWriter, 'ensureTopic'>,
    private readonly flow: string,
    private readonly nowMs: () => number,
  ) {
    this.tail = new LogTail(log, SOURCE_GROUPS_TOPIC, {
      take: ({ key, value }) => this.take(key?.toString() ?? '', value),
      startAnew: () => this.remembered.clear(),
    });
  }

  /** Where each of them was, at least. @throws UnavailableError, KafkaRefusedError, MalformedError */
  async all(): Promise<PlacesByGroup> {
    await this.catchUp();
    return new Map([...this.remembered].map(([group, { places }]) => [group, places]));
  }

  /** Of a source that told them all: one that is missing is there no more. */
  async remember(seen: PlacesByGroup): Promise<void> {
    if (!this.isThere) await this.writer.ensureTopic({ topic: SOURCE_GROUPS_TOPIC, partitions: 1, settings: SETTINGS });
    this.isThere = true;
    await this.catchUp();
    const gone = [...this.remembered.keys()].filter((group) => !seen.has(group));
    const changed = [...seen].filter(([group, places]) => this.isNews(group, places));
    const records = [
      ...gone.map((group) => this.record(group, null)),
      ...changed.map(([group, places]) => this.record(group, Buffer.from(JSON.stringify(places)))),
    ];
    if (records.length === 0) return;
    const appended = await this.log.append(SOURCE_GROUPS_TOPIC, PARTITION, records);
    if (appended.outcome === 'refused')
      throw new KafkaRefusedError(
        `${SOURCE_GROUPS_TOPIC} does not take the groups of ${this.flow}: ${appended.reason}`,
        appended.reason,
      );
  }

  private isNews(group: string, places: Positions): boolean {
    const before = this.remembered.get(group);
    if (!before || Object.keys(before.places).sort().join() !== Object.keys(places).sort().join()) return true;
    const hasMoved = Object.entries(places).some(([place, offset]) => before.places[place] !== offset);
    return hasMoved && this.nowMs() - before.writtenAtMs >= MOVED_WRITTEN_AFTER_MS;
  }

  private async catchUp(): Promise<void> {
    try {
      for (let isOver = false; !isOver;) isOver = await this.tail.follow();
    } catch (error) {
      // Nobody has remembered anything yet.
      if (error instanceof KafkaRefusedError && error.reason === 'UNKNOWN_TOPIC_OR_PARTITION') return;
      throw error;
    }
  }

  private take(key: string, value: Buffer | null): void {
    const [flow, group] = splitOnce(key);
    if (flow !== this.flow) return;
    if (value === null) this.remembered.delete(group);
    else {
      const places = decodeOrThrow(PositionsWire, value.toString(), `a record of ${SOURCE_GROUPS_TOPIC}`);
      this.remembered.set(group, { places, writtenAtMs: this.nowMs() });
    }
  }

  private record(group: string, value: Buffer | null): LogRecord {
    return { key: Buffer.from(`${this.flow}/${group}`), value };
  }
}

/** A group may have any character in its name, a flow has no slash. */
function splitOnce(key: string): readonly [flow: string, group: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
