import type { ClusterId } from '#libs/domain';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { AccessRule, TopicOperation } from './access-rules.js';
import type { PartitionHealth } from './cluster-state.js';
import type { GroupCommit } from './consumer-groups.js';
import { KafkaAuthenticationError, KafkaRefusedError } from './errors.js';
import type { LogRecord, StoredRecord } from './topic-log.js';

/** `killed` refuses connections at once; `frozen` takes requests and never answers; `leaderless` answers, but cannot write. */
export type ClusterCondition = 'serving' | 'killed' | 'frozen' | 'leaderless';

export interface InMemoryKafkaOptions {
  readonly cluster: ClusterId;
  readonly timeoutMs: number;
  readonly openByDefault?: boolean;
  readonly superUsers?: readonly string[];
}

/** What Kafka allows a batch unless a topic says otherwise; and what the smallest batch of one record takes besides key and value. */
const MESSAGE_MAX_BYTES = 1_048_588;
const BATCH_BYTES = 68;

/** One cluster in memory: topics with their settings, ACLs and committed offsets, with the faults that real ones have. */
export class InMemoryKafka {
  condition: ClusterCondition = 'serving';
  readonly rules: AccessRule[] = [];
  /** By group. */
  readonly committed = new Map<string, readonly GroupCommit[]>();
  /** Groups with members. */
  readonly occupied = new Set<string>();
  readonly refusedLogins = new Set<string>();
  partitionHealth: PartitionHealth = { partitions: 1, offline: 0, underMinIsr: 0 };
  private readonly topics = new Map<string, StoredRecord[][]>();
  private readonly settings = new Map<string, Map<string, string>>();

  constructor(
    private readonly options: InMemoryKafkaOptions,
    readonly clock: Clock,
  ) {}

  get cluster(): ClusterId {
    return this.options.cluster;
  }

  get topicNames(): readonly string[] {
    return [...this.topics.keys()];
  }

  createTopic(topic: string, partitions = 1): this {
    this.topics.set(
      topic,
      Array.from({ length: partitions }, () => []),
    );
    this.settings.set(topic, new Map());
    return this;
  }

  deleteTopic(topic: string): void {
    this.topics.delete(topic);
    this.settings.delete(topic);
  }

  /** Those it has of its own, by name. */
  settingsOf(topic: string): Map<string, string> {
    const settings = this.settings.get(topic);
    if (!settings) throw this.refusal('UNKNOWN_TOPIC_OR_PARTITION', topic);
    return settings;
  }

  /** By the topic's own limit alone: whoever may write, and whatever it is. */
  demandSize(records: readonly LogRecord[], topic: string): void {
    const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), BATCH_BYTES);
    const maxBytes = Number(this.settingsOf(topic).get('max.message.bytes') ?? MESSAGE_MAX_BYTES);
    if (bytes > maxBytes) throw this.refusal('MESSAGE_TOO_LARGE', topic);
  }

  partition(topic: string, partition: number): StoredRecord[] {
    const records = this.partitionsOf(topic)[partition];
    if (!records) throw this.refusal('UNKNOWN_TOPIC_OR_PARTITION', topic);
    return records;
  }

  partitionsOf(topic: string): readonly StoredRecord[][] {
    const partitions = this.topics.get(topic);
    if (!partitions) throw this.refusal('UNKNOWN_TOPIC_OR_PARTITION', topic);
    return partitions;
  }

  /** Every request of a principal passes here first. `changing` ones that get no answer have an unknown outcome. */
  async reach(principal: string, changing = false): Promise<void> {
    if (this.condition === 'killed') throw new UnavailableError(`Cannot connect to cluster ${this.cluster}.`);
    if (this.condition === 'frozen') {
      await this.clock.sleep(this.options.timeoutMs);
      const message = `No answer from cluster ${this.cluster} within ${this.options.timeoutMs} ms.`;
      throw changing ? new OutcomeUnknownError(message) : new UnavailableError(message);
    }
    if (this.refusedLogins.has(principal)) {
      throw new KafkaAuthenticationError(`Cluster ${this.cluster} refused the login of ${principal}.`);
    }
  }

  demand(principal: string, operation: TopicOperation, topic: string): void {
    if (!this.permits(principal, operation, topic)) throw this.refusal('TOPIC_AUTHORIZATION_FAILED', topic);
  }

  refusal(reason: string, topic: string): KafkaRefusedError {
    return new KafkaRefusedError(
      `The broker of cluster ${this.cluster} answered ${reason} for topic ${topic}.`,
      reason,
    );
  }

  /** As Kafka's StandardAuthorizer: super users first, then any deny, then an allow; without any ACL the default. */
  private permits(principal: string, operation: TopicOperation, topic: string): boolean {
    if (this.options.superUsers?.includes(principal)) return true;
    const onTopic = this.rules.filter((rule) => covers(rule, topic));
    if (onTopic.length === 0) return this.options.openByDefault ?? false;
    const mine = onTopic.filter((rule) => rule.principal === principal || rule.principal === 'User:*');
    const denied = mine.some((rule) => rule.permission === 'deny' && grants(rule.operation, operation));
    return !denied && mine.some((rule) => rule.permission === 'allow' && implies(rule.operation, operation));
  }
}

const covers = ({ match, topic }: AccessRule, name: string): boolean =>
  match === 'prefixed' ? name.startsWith(topic) : topic === name || topic === '*';

const grants = (held: TopicOperation, wanted: TopicOperation): boolean => held === 'all' || held === wanted;

/** Kafka lets whoever may read, write, delete or alter a topic describe it too. */
const implies = (held: TopicOperation, wanted: TopicOperation): boolean =>
  grants(held, wanted) || (wanted === 'describe' && ['read', 'write', 'delete', 'alter'].includes(held));
