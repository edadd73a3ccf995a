import kafkajs, { type Admin, type Consumer, type Kafka, type Producer } from 'kafkajs';
import type { Seen, WriteAttempt } from './facts.js';

const TIMEOUT_MS = 3_000;
const ACKS_ALL = -1;
/** What a broker says when a fence refuses. */
const REFUSED = /authoriz/i;

export interface ClusterAt {
  readonly site: string;
  /** Where clients come in, and where the super user does. */
  readonly clientAddress: string;
  readonly adminAddress: string;
  readonly passwordOf: Readonly<Record<'app' | 'admin', string>>;
}

const client = ({ passwordOf }: ClusterAt, address: string, username: 'app' | 'admin'): Kafka =>
  new kafkajs.Kafka({
    clientId: 'chaos-checker',
    brokers: [address],
    sasl: { mechanism: 'plain', username, password: passwordOf[username] },
    connectionTimeout: TIMEOUT_MS,
    authenticationTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
    logLevel: kafkajs.logLevel.NOTHING,
  });

/** Tries to write, again and again, as an application that ignores every name. */
export class WriteTester {
  private producer: Producer | undefined;
  private tries = 0;

  constructor(
    private readonly cluster: ClusterAt,
    private readonly topic: string,
    private readonly now: () => number,
  ) {}

  async attempt(): Promise<WriteAttempt> {
    const sentAt = this.now();
    const answer = await this.send();
    return { site: this.cluster.site, sentAt, answeredAt: this.now(), answer };
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async send(): Promise<WriteAttempt['answer']> {
    try {
      const producer = await this.connected();
      const key = `checker-${this.cluster.site}-${++this.tries}`;
      await producer.send({ topic: this.topic, acks: ACKS_ALL, timeout: TIMEOUT_MS, messages: [{ key, value: key }] });
      return 'accepted';
    } catch (error) {
      const isRefusal = REFUSED.test(error instanceof Error ? error.message : '');
      if (!isRefusal) void this.close();
      return isRefusal ? 'refused' : 'none';
    }
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    const producer = client(this.cluster, this.cluster.clientAddress, 'app').producer({
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    this.producer = producer;
    return producer;
  }
}

/** Reads the epoch of a group off the ACLs of a cluster. */
export class AclReader {
  private admin: Admin | undefined;

  constructor(
    private readonly cluster: ClusterAt,
    private readonly group: string,
  ) {}

  async read(): Promise<Seen> {
    try {
      this.admin ??= await connectedAdmin(this.cluster);
      const { resources } = await this.admin.describeAcls({
        resourceType: kafkajs.AclResourceTypes.TOPIC,
        resourceName: `signalbox.epoch.${this.group}`,
        resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
        operation: kafkajs.AclOperationTypes.ANY,
        permissionType: kafkajs.AclPermissionTypes.ANY,
      });
      const epochs = resources
        .flatMap(({ acls }) => acls)
        .map(({ principal }) => Number(/^User:signalbox-epoch-(\d+)$/.exec(principal)?.[1] ?? 0));
      return { resource: `write-access/${this.cluster.site}`, epoch: Math.max(0, ...epochs) };
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { admin } = this;
    this.admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }
}

const connectedAdmin = async (cluster: ClusterAt): Promise<Admin> => {
  const admin = client(cluster, cluster.adminAddress, 'admin').admin();
  await admin.connect();
  return admin;
};

/** Collects the keys of every record of a topic, from its beginning on; a reader that broke off goes on. */
export class LogReader {
  readonly keys = new Set<string>();
  private consumer: Consumer | undefined;
  private isClosed = false;

  constructor(
    private readonly cluster: ClusterAt,
    private readonly topic: string,
    private readonly groupId: string,
  ) {}

  /** Nothing when it reads already. */
  async read(): Promise<void> {
    if (this.consumer || this.isClosed) return;
    const consumer = client(this.cluster, this.cluster.adminAddress, 'admin').consumer({
      groupId: this.groupId,
      allowAutoTopicCreation: false,
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
    });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, () => void this.drop(consumer));
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: this.topic, fromBeginning: true });
      await consumer.run({
        eachBatch: ({ batch }) => {
          for (const { key } of batch.messages) this.keys.add(String(key));
          return Promise.resolve();
        },
      });
    } catch {
      await this.drop(consumer);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.consumer?.disconnect().catch(() => undefined);
  }

  private async drop(consumer: Consumer): Promise<void> {
    if (this.consumer === consumer) this.consumer = undefined;
    await consumer.disconnect().catch(() => undefined);
  }
}
