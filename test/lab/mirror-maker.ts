import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Workers } from '../../apps/mirror-switcher/src/dedicated/workers.js';
import { jaas } from './credentials.js';
import { mirrorPolicy, TOPIC } from './flow.js';
import { java } from './java.js';
import type { Lab } from './lab.js';
import { KAFKA_SITES, type KafkaSite, PORTS } from './layout.js';
import { properties } from './part.js';

const POLICIES = { identity: 'IdentityReplicationPolicy', default: 'DefaultReplicationPolicy' };

/** The properties of a MirrorMaker 2 of its own that copies from `source` to `target`, without the switch that turns it. */
export function mirrorMakerProperties(lab: Lab, source: KafkaSite, target: KafkaSite): string {
  const flow = (settings: Readonly<Record<string, string | number | boolean>>) =>
    Object.fromEntries(Object.entries(settings).map(([key, value]) => [`${source}->${target}.${key}`, value]));
  const cluster = (site: KafkaSite) => ({
    [`${site}.bootstrap.servers`]: `${lab.site(site).address}:${PORTS.kafkaAdmin}`,
    [`${site}.security.protocol`]: 'SASL_PLAINTEXT',
    [`${site}.sasl.mechanism`]: 'PLAIN',
    [`${site}.sasl.jaas.config`]: jaas(lab.run, 'admin'),
  });
  return properties({
    clusters: KAFKA_SITES.join(', '),
    ...cluster(source),
    ...cluster(target),
    ...flow({
      topics: TOPIC,
      'replication.policy.class': `org.apache.kafka.connect.mirror.${POLICIES[mirrorPolicy()]}`,
      'offset-syncs.topic.location': 'target',
      'offset.lag.max': 0,
      'sync.topic.acls.enabled': false,
      'sync.topic.configs.enabled': false,
      'refresh.topics.interval.seconds': 2,
    }),
    [`${target}.producer.enable.idempotence`]: true,
    // Without it the other direction has workers too, which copy heartbeats.
    'emit.heartbeats.enabled': false,
    'replication.factor': 1,
    'offset-syncs.topic.replication.factor': 1,
    'checkpoints.topic.replication.factor': 1,
    'heartbeats.topic.replication.factor': 1,
    'config.storage.replication.factor': 1,
    'offset.storage.replication.factor': 1,
    'status.storage.replication.factor': 1,
    'offset.storage.partitions': 1,
    'status.storage.partitions': 1,
    'scheduled.rebalance.max.delay.ms': 0,
  });
}

/** A MirrorMaker 2 of its own at a site of the lab. It ends with the lab. */
export class LabWorkers extends Workers {
  private running: ChildProcess | undefined;
  private starts = 0;

  constructor(
    private readonly lab: Lab,
    private readonly site: KafkaSite,
    private readonly file: string,
  ) {
    super();
  }

  override async startAnew(): Promise<void> {
    await this.end();
    const main = ['org.apache.kafka.connect.mirror.MirrorMaker', this.file];
    const command = java(this.lab.run, `${this.site}.mirror-maker`, 'none', main);
    const name = `mirror-maker-${++this.starts}`;
    const output = openSync(this.lab.run.file('logs', `${this.site}.${name}.log`), 'a', 0o600);
    this.running = this.lab.spawnAt(this.site, name, command, ['ignore', output, output]);
    closeSync(output);
  }

  async end(): Promise<void> {
    const { running } = this;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await ended;
  }
}
