import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { brokerJaas, passwordOf, type Principal } from './credentials.js';
import { type ClassArchive, HEAP_MB, java, runJava } from './java.js';
import { type KafkaSite, type Layout, PORTS } from './layout.js';
import { accepts, type Command, type Part, properties, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

/** Nobody tries again: long enough for a busy machine. */
const REQUEST_TIMEOUT_MS = 5_000;
const NODE_ID = 1;
export const BOOTSTRAP_CHECKPOINT = 'bootstrap.checkpoint';
/** Fixed, so that a cluster that was wiped and one that was restarted differ by their data alone. */
export const CLUSTER_IDS: Readonly<Record<KafkaSite, string>> = {
  a: 'c2lnbmFsYm94LWxhYi1hQQ',
  b: 'c2lnbmFsYm94LWxhYi1iQg',
};

/** A broker that is its own controller. Clients and Signalbox come in by different listeners, so that one can be closed alone. */
export class KafkaPart implements Part {
  readonly name = 'kafka';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [
    { port: PORTS.kafkaClient, use: 'Kafka client listener' },
    { port: PORTS.kafkaAdmin, use: 'Kafka admin listener' },
    { port: PORTS.kafkaController, use: 'Kafka controller' },
  ];

  constructor(
    readonly site: KafkaSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
    private readonly archive: ClassArchive,
    /** What the format tool would write; spares its start of a second. */
    private readonly checkpoint?: string,
    /** Its controller is elected at ZooKeeper, which the last of the 3.x releases can do. */
    private readonly isOnZookeeper = false,
  ) {}

  async prepare(): Promise<Command> {
    const data = this.run.folder(this.site, 'kafka');
    const config = this.run.write(properties(this.config(data)), this.site, 'kafka.properties');
    if (!this.isOnZookeeper && !existsSync(join(data, 'meta.properties'))) await this.format(data, config);
    return java(this.run, `${this.site}.kafka`, this.archive, ['kafka.Kafka', config]);
  }

  async probe(): Promise<void> {
    await accepts(this.layout.address(this.site), PORTS.kafkaClient);
    await withAdmin(this.layout, this.run, this.site, (admin) => admin.describeCluster());
  }

  private async format(data: string, config: string): Promise<void> {
    const id = CLUSTER_IDS[this.site];
    if (this.checkpoint === undefined) {
      await runJava(
        java(this.run, `${this.site}.format`, 'none', ['kafka.tools.StorageTool', 'format', '-t', id, '-c', config]),
      );
      return;
    }
    copyFileSync(this.checkpoint, join(data, BOOTSTRAP_CHECKPOINT));
    const meta = { version: 1, 'cluster.id': id, 'node.id': NODE_ID, 'directory.id': id };
    this.run.write(properties(meta), this.site, 'kafka', 'meta.properties');
  }

  private config(data: string): Record<string, string | number | boolean> {
    const login = brokerJaas(this.run);
    return {
      ...(this.isOnZookeeper ? this.onZookeeper() : this.ownController(login)),
      'advertised.listeners': this.listeners,
      'inter.broker.listener.name': 'ADMIN',
      'sasl.enabled.mechanisms': 'PLAIN',
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'listener.name.client.plain.sasl.jaas.config': login,
      'listener.name.admin.plain.sasl.jaas.config': login,
      'super.users': 'User:admin',
      'allow.everyone.if.no.acl.found': false,
      'auto.create.topics.enable': false,
      'log.dirs': data,
      ...SINGLE_NODE,
      ...(process.env[HEAP_MB] === undefined ? QUICK_SESSIONS : PATIENT_SESSIONS),
      ...SMALL,
    };
  }

  private get listeners(): string {
    const address = this.layout.address(this.site);
    return `CLIENT://${address}:${PORTS.kafkaClient},ADMIN://${address}:${PORTS.kafkaAdmin}`;
  }

  private ownController(login: string): Record<string, string | number> {
    const controller = `${this.layout.address(this.site)}:${PORTS.kafkaController}`;
    return {
      'process.roles': 'broker,controller',
      'node.id': NODE_ID,
      'controller.quorum.voters': `${NODE_ID}@${controller}`,
      listeners: `${this.listeners},CONTROLLER://${controller}`,
      'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,ADMIN:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'sasl.mechanism.controller.protocol': 'PLAIN',
      'listener.name.controller.plain.sasl.jaas.config': login,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    };
  }

  private onZookeeper(): Record<string, string | number> {
    return {
      'broker.id': NODE_ID,
      'zookeeper.connect': `${this.layout.address(this.site)}:${PORTS.zookeeper}`,
      // Both are started at once.
      'zookeeper.connection.timeout.ms': READY_WITHIN_MS,
      listeners: this.listeners,
      'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,ADMIN:SASL_PLAINTEXT',
      'authorizer.class.name': 'kafka.security.authorizer.AclAuthorizer',
    };
  }
}

const SINGLE_NODE = {
  'offsets.topic.num.partitions': 1,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
};

/** A killed broker serves again in 3 s instead of 12 s: its old registration ends sooner. */
const QUICK_SESSIONS = {
  'broker.session.timeout.ms': 1500,
  'broker.heartbeat.interval.ms': 300,
  'controller.quorum.election.timeout.ms': 300,
  'controller.quorum.fetch.timeout.ms': 1000,
  'controller.quorum.election.backoff.max.ms': 300,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
};

/** Of a broker with thousands of partitions: on a busy machine it is slow, and not dead. */
const PATIENT_SESSIONS = {
  'broker.session.timeout.ms': 60_000,
  'controller.quorum.election.timeout.ms': 10_000,
  'controller.quorum.fetch.timeout.ms': 20_000,
};

const SMALL = {
  'num.network.threads': 2,
  'num.io.threads': 2,
  'background.threads': 2,
  // The default, 128 MiB, is taken from the heap.
  'log.cleaner.dedupe.buffer.size': 4_194_304,
  'log.index.size.max.bytes': 1_048_576,
  'log.segment.bytes': 67_108_864,
};

/** A client of one cluster as one principal: one try, explicit time-outs, silent. */
export function kafkaClient(
  layout: Layout,
  run: RunDirectory,
  site: KafkaSite,
  principal: Principal,
  port: number,
): Kafka {
  return new Kafka({
    clientId: `lab-${principal}`,
    brokers: [`${layout.address(site)}:${port}`],
    sasl: { mechanism: 'plain', username: principal, password: passwordOf(run, principal) },
    connectionTimeout: REQUEST_TIMEOUT_MS,
    authenticationTimeout: REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
}

/** As the super user, by the listener that stays open when the clients' is closed. */
export async function withAdmin<T>(
  layout: Layout,
  run: RunDirectory,
  site: KafkaSite,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafkaClient(layout, run, site, 'admin', PORTS.kafkaAdmin).admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
