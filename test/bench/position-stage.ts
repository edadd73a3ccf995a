import type { Admin } from 'kafkajs';
import {
  offsetSyncKey,
  offsetSyncValue,
  openCluster,
  openSweep,
  OffsetSyncs,
  type KafkaCluster,
  type OpenSweep,
  type SweptOffsets,
} from '#libs/kafka';
import { clock, until } from '../lab/condition.js';
import { HEAP_MB } from '../lab/java.js';
import { kafkaClient } from '../lab/kafka.js';
import { Lab } from '../lab/lab.js';
import { PORTS } from '../lab/layout.js';
import { createTopic, labAccess } from '../support/lab-kafka.js';
import { StrandedLoad } from './stranded-load.js';

const PARTITIONS_PER_TOPIC = 100;
const CREATED_WITHIN_MS = 900_000;
const CREATED_AT_ONCE = 10;
const POLL_MS = 2_000;
const SYNCS = 'mm2-offset-syncs.bench.internal';
const SYNCS_AT_ONCE = 1_000;
const ASKED_AT_ONCE = 10;
/** What ten thousand partitions take. */
const BROKER_HEAP_MB = 1_024;

/** One real broker with thousands of partitions, and as many ways to ask where they end. */
export class PositionStage {
  private readonly source: OpenSweep;
  private readonly target: OpenSweep;
  private readonly cluster: KafkaCluster;
  private syncs?: OffsetSyncs;

  private constructor(
    private readonly lab: Lab,
    private readonly admin: Admin,
    private readonly topics: readonly string[],
  ) {
    const access = { ...labAccess(lab, 'a', 'admin'), timeoutMs: 60_000 };
    this.source = openSweep(access, clock);
    this.target = openSweep(access, clock);
    this.cluster = openCluster(access);
  }

  static async set(partitions: number, say: (line: string) => void): Promise<PositionStage> {
    process.env[HEAP_MB] = String(BROKER_HEAP_MB);
    const lab = await Lab.up({ parts: ['kafka'], onProgress: say });
    const admin = kafkaClient(lab.layout, lab.run, 'a', 'admin', PORTS.kafkaAdmin).admin();
    await admin.connect();
    const count = Math.ceil(partitions / PARTITIONS_PER_TOPIC);
    const topics = Array.from({ length: count }, (_, index) => `bench-${String(index).padStart(4, '0')}`);
    const stage = new PositionStage(lab, admin, topics);
    try {
      await stage.create(say);
      await stage.fill();
      await stage.writeSyncs();
    } catch (error) {
      await stage.end();
      throw error;
    }
    return stage;
  }

  /** A tail on the same broker, to be salvaged into another topic of it. */
  stranded(records: number): StrandedLoad {
    return new StrandedLoad({ ...labAccess(this.lab, 'a', 'admin'), timeoutMs: 60_000 }, records);
  }

  nowMs(): number {
    return clock.monotonicMs();
  }

  ends(): Promise<SweptOffsets> {
    return this.source.sweep.ends(this.topics, 'read-uncommitted');
  }

  targetEnds(): Promise<SweptOffsets> {
    return this.target.sweep.ends(this.topics, 'read-uncommitted');
  }

  async followSyncs(): Promise<OffsetSyncs> {
    this.syncs ??= new OffsetSyncs(this.cluster.log, SYNCS);
    await this.syncs.follow();
    return this.syncs;
  }

  /** As one would write it: a call for each topic, ten at a time. */
  endsByKafkajs(): Promise<void> {
    return this.eachTopic((topic) => this.admin.fetchTopicOffsets(topic));
  }

  endsByCallPerTopic(): Promise<void> {
    return this.eachTopic((topic) => this.cluster.log.endOffsets(topic));
  }

  async end(): Promise<void> {
    await Promise.allSettled([this.source.close(), this.target.close(), this.cluster.close(), this.admin.disconnect()]);
    await this.lab.down();
  }

  private async eachTopic(ask: (topic: string) => Promise<unknown>): Promise<void> {
    const waiting = [...this.topics];
    const askNext = async (): Promise<void> => {
      for (let topic = waiting.pop(); topic !== undefined; topic = waiting.pop()) await ask(topic);
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askNext));
  }

  private async create(say: (line: string) => void): Promise<void> {
    for (let from = 0; from < this.topics.length; from += CREATED_AT_ONCE) {
      say(`topics ${from} to ${Math.min(from + CREATED_AT_ONCE, this.topics.length)} of ${this.topics.length}`);
      const batch = this.topics.slice(from, from + CREATED_AT_ONCE);
      await until('topics are created', CREATED_WITHIN_MS, () => this.createBatch(batch));
    }
    const everyPartitionTells = async () => {
      const told = [...(await this.ends()).values()].reduce(
        (sum, ends) => sum + ends.filter(Number.isFinite).length,
        0,
      );
      if (told < this.topics.length * PARTITIONS_PER_TOPIC) throw new Error(`${told} partitions tell their end`);
    };
    // Seldom: a broker that creates them has enough to do.
    await until('every partition has a leader', CREATED_WITHIN_MS, everyPartitionTells, POLL_MS);
  }

  /** An answer that came too late is no failure: what is there already is left alone. */
  private async createBatch(batch: readonly string[]): Promise<void> {
    const there = new Set(await this.admin.listTopics());
    const topics = batch
      .filter((topic) => !there.has(topic))
      .map((topic) => ({ topic, numPartitions: PARTITIONS_PER_TOPIC, replicationFactor: 1 }));
    if (topics.length > 0) await this.admin.createTopics({ waitForLeaders: false, topics });
  }

  /** One record for each partition: something to be copied. */
  private async fill(): Promise<void> {
    const producer = kafkaClient(this.lab.layout, this.lab.run, 'a', 'admin', PORTS.kafkaAdmin).producer();
    await producer.connect();
    try {
      for (let from = 0; from < this.topics.length; from += CREATED_AT_ONCE) {
        const topicMessages = this.topics.slice(from, from + CREATED_AT_ONCE).map((topic) => ({
          topic,
          messages: Array.from({ length: PARTITIONS_PER_TOPIC }, (_, partition) => ({ partition, value: 'x' })),
        }));
        await until('records are written', CREATED_WITHIN_MS, () => producer.sendBatch({ topicMessages }));
      }
    } finally {
      await producer.disconnect();
    }
  }

  /** As MirrorMaker 2 leaves them: one for each partition. */
  private async writeSyncs(): Promise<void> {
    await createTopic(this.lab, 'a', SYNCS, 1);
    const records = this.topics.flatMap((topic) =>
      Array.from({ length: PARTITIONS_PER_TOPIC }, (_, partition) => ({
        key: offsetSyncKey({ topic, partition }),
        value: offsetSyncValue({ upstream: 0, downstream: 0 }),
      })),
    );
    for (let from = 0; from < records.length; from += SYNCS_AT_ONCE)
      await this.cluster.log.append(SYNCS, 0, records.slice(from, from + SYNCS_AT_ONCE));
  }
}
