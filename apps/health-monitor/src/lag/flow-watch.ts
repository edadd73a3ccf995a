import { messageOf, type ClusterId, type FlowId, type FlowLag, type GroupPosition } from '#libs/domain';
import {
  PositionBook,
  sourceTopicOf,
  targetTopicOf,
  type FlowManner,
  type GroupCheckpoints,
  type MirrorLook,
  type OffsetSweep,
  type OffsetSyncs,
  type PositionSample,
  type SweptOffsets,
  type TopicLog,
  type WholeLog,
} from '#libs/kafka';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import { matchesTopic } from '#libs/topology';
import { besideProbe } from './beside-probe.js';
import type { FlowProbe } from './flow-probe.js';
import type { MirrorPositions } from './mirror-positions.js';
import { PastLeftOut } from './past-left-out.js';
import { RebirthWatch } from './rebirth-watch.js';

/** A flow that ends at this process's site. */
export interface WatchedFlow {
  readonly flow: FlowId;
  readonly source: ClusterId;
  /** Names, or prefixes with a final `*`. */
  readonly topics: readonly string[];
  readonly manner: FlowManner;
  /** To find what a prefix stands for. */
  readonly sourceLog: TopicLog;
  /** To look at what the mirror stands before. */
  readonly sourceWhole: WholeLog;
  readonly sourceSweep: OffsetSweep;
  readonly targetSweep: OffsetSweep;
  readonly positions: MirrorPositions;
  readonly syncs: OffsetSyncs;
  readonly checkpoints: GroupCheckpoints;
  /** Where the flow has a topic for records of our own. */
  readonly probe?: FlowProbe | undefined;
}

/** Where logs begin changes seldom: asked for every so many looks at the source. */
const STARTS_EVERY = 10;

/** Measures one flow at a steady pace, each of its two sides on its own: the source may be lost while the mirror is not. */
export class FlowWatch {
  readonly flow: FlowId;
  readonly source: ClusterId;
  private readonly book: PositionBook;
  private readonly rebirth = new RebirthWatch();
  private readonly pastLeftOut: PastLeftOut;
  /** Of the latest look at the source. */
  private ends: SweptOffsets = new Map();
  private looks = 0;
  private syncsTaken = 0;
  private knowsGroups = false;
  /** Of the latest look at the source: the topics whose copies are asked for. */
  private sourceTopics: readonly string[] = [];

  constructor(
    private readonly watched: WatchedFlow,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly everyMs: number,
  ) {
    const { naming, isolation, isTransactional } = watched.manner;
    this.pastLeftOut = new PastLeftOut({ whole: watched.sourceWhole, isolation });
    this.flow = watched.flow;
    this.source = watched.source;
    this.book = new PositionBook({
      targetTopic: (topic) => targetTopicOf(naming, topic),
      mustExist: watched.topics.filter((name) => !name.endsWith('*')),
      isTransactional,
    });
  }

  start(): Stop {
    const { probe } = this.watched;
    const stops = [
      ...(probe ? [probe.start()] : []),
      this.clock.every(this.everyMs, () => this.lookAtSource()),
      this.clock.every(this.everyMs, () => this.lookAtMirror()),
    ];
    return () => stops.forEach((stop) => stop());
  }

  /** As of `nowMs`; `undefined` until both sides were seen. */
  sample(nowMs: number): PositionSample | undefined {
    const sample = this.book.sample(nowMs);
    const { probe } = this.watched;
    return sample && probe ? besideProbe(sample, { topic: probe.topic, missingMs: probe.missingMs(nowMs) }) : sample;
  }

  /** Where the source's groups would go on; `undefined` until their checkpoints were read. */
  groups(): readonly GroupPosition[] | undefined {
    const { checkpoints, manner } = this.watched;
    if (!this.knowsGroups) return undefined;
    return checkpoints.latest().map(({ group, topic, partition, upstream }) => ({
      group,
      topic: sourceTopicOf(manner.naming, topic),
      partition,
      upstream,
    }));
  }

  /** As of `nowMs`: the first failed round while the source is failing, else now. `undefined` without a mirror. */
  lag(nowMs: number): FlowLag | undefined {
    const sample = this.sample(nowMs);
    if (!sample) return undefined;
    const { lagRecords, lagMs, sourceAgeMs, mirrorAgeMs } = sample;
    return { flow: this.flow, lagRecords, lagMs, sampleAgeMs: Math.max(sourceAgeMs, mirrorAgeMs) };
  }

  /** Why the source is not the cluster that was known, in words; undefined while it is. */
  rebornBecause(): string | undefined {
    return this.rebirth.claim;
  }

  private async lookAtSource(): Promise<void> {
    const atMs = this.clock.monotonicMs();
    const { sourceSweep, manner } = this.watched;
    try {
      const topics = await this.topics();
      const starts = this.looks++ % STARTS_EVERY === 0 ? await sourceSweep.starts(topics) : undefined;
      const ends = await sourceSweep.ends(topics, manner.isolation);
      this.sourceTopics = [...ends.keys()];
      this.ends = ends;
      this.rebirth.look(ends, atMs);
      this.book.sawSource({ atMs, ends, ...(starts && { starts }) });
    } catch {
      // A source that cannot be asked is what the probes are about; here its sample only grows old.
    }
  }

  private async lookAtMirror(): Promise<void> {
    const atMs = this.clock.monotonicMs();
    const component = `position of flow ${this.flow}`;
    // Before the syncs: what a mirror copies twice must not be counted before the sync that says so is there.
    const targetEnds = await unlessItFails(this.targetEnds());
    this.knowsGroups = (await unlessItFails(this.watched.checkpoints.follow())) ?? this.knowsGroups;
    const [hasSyncs, stored] = await Promise.allSettled([this.watched.syncs.follow(), this.watched.positions.read()]);
    if (stored.status === 'rejected') this.readiness.missing(component, messageOf(stored.reason));
    else this.readiness.ready(component);
    const isFollowed = hasSyncs.status === 'fulfilled' && hasSyncs.value;
    const said = stored.status === 'fulfilled' ? stored.value : undefined;
    const told = said && (await this.pastLeftOut.of(said, this.ends));
    // No mirror yet, or one that neither answers nor moves: what was seen of it grows old.
    if (stored.status === 'fulfilled' ? said === undefined : !(isFollowed && this.hasMoved())) return;
    this.syncsTaken = this.watched.syncs.trail.taken;
    const look: MirrorLook = {
      atMs,
      endedAtMs: this.clock.monotonicMs(),
      ...(told && { stored: told }),
      ...(targetEnds && { targetEnds }),
      ...(isFollowed && { syncs: this.watched.syncs.trail }),
    };
    this.book.sawMirror(look);
  }

  private hasMoved(): boolean {
    return this.watched.syncs.trail.taken > this.syncsTaken;
  }

  /** None for a topic that the target does not have. */
  private async targetEnds(): Promise<SweptOffsets> {
    const { naming } = this.watched.manner;
    const names = this.sourceTopics.map((topic) => targetTopicOf(naming, topic));
    const swept = await this.watched.targetSweep.ends(names, 'read-uncommitted');
    return new Map(names.map((name) => [name, swept.get(name) ?? new Float64Array(0)]));
  }

  private async topics(): Promise<readonly string[]> {
    const { sourceLog, topics } = this.watched;
    const names = topics.filter((name) => !name.endsWith('*'));
    if (names.length === topics.length) return names;
    const matching = (await sourceLog.topics()).filter((name) => matchesTopic(topics, name));
    return [...new Set([...names, ...matching])];
  }
}

/** Without it less is known, and nothing is wrong with what is. */
const unlessItFails = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch {
    return undefined;
  }
};
