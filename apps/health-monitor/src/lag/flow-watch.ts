import { messageOf, type ClusterId, type FlowId, type FlowLag } from '#libs/domain';
import type { TopicLog } from '#libs/kafka';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import { matchesTopic } from '#libs/topology';
import { FlowHistory, partitionKey, type Offsets } from './flow-history.js';
import type { MirrorPositions } from './mirror-positions.js';

/** A flow that ends at this process's site. */
export interface WatchedFlow {
  readonly flow: FlowId;
  readonly source: ClusterId;
  /** Names, or prefixes with a final `*`. */
  readonly topics: readonly string[];
  readonly sourceLog: TopicLog;
  readonly positions: MirrorPositions;
}

/** Measures one flow at a steady pace, each of its two sides on its own: the source may be lost while the mirror is not. */
export class FlowWatch {
  readonly source: ClusterId;
  private readonly history: FlowHistory;

  constructor(
    private readonly watched: WatchedFlow,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly everyMs: number,
  ) {
    this.source = watched.source;
    this.history = new FlowHistory(watched.flow);
  }

  start(): Stop {
    const stops = [
      this.clock.every(this.everyMs, () => this.lookAtSource()),
      this.clock.every(this.everyMs, () => this.lookAtMirror()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** As of `nowMs`: the first failed round while the source is failing, else now. `undefined` without a mirror. */
  lag(nowMs: number): FlowLag | undefined {
    return this.history.lag(nowMs);
  }

  private async lookAtSource(): Promise<void> {
    const atMs = this.clock.monotonicMs();
    // A source that cannot be asked is what the probes are about; here its sample only grows old.
    const ends = await this.ends().catch(() => undefined);
    if (ends) this.history.sawEnds(atMs, ends);
  }

  private async lookAtMirror(): Promise<void> {
    const atMs = this.clock.monotonicMs();
    const component = `position of flow ${this.watched.flow}`;
    try {
      const positions = await this.watched.positions.read();
      if (positions) this.history.sawPositions(atMs, positions);
      this.readiness.ready(component);
    } catch (error) {
      this.readiness.missing(component, messageOf(error));
    }
  }

  private async ends(): Promise<Offsets> {
    const { sourceLog, topics } = this.watched;
    const names = topics.some((name) => name.endsWith('*'))
      ? (await sourceLog.topics()).filter((name) => matchesTopic(topics, name))
      : topics;
    const ends = await Promise.all(names.map(async (name) => [name, await sourceLog.endOffsets(name)] as const));
    return new Map(ends.flatMap(([name, offsets]) => [...offsets].map(([p, end]) => [partitionKey(name, p), end])));
  }
}
