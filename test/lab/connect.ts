import { jaas } from './credentials.js';
import { type ClassArchive, java } from './java.js';
import { type KafkaSite, type Layout, PORTS } from './layout.js';
import { type Command, type Part, properties, READY_WITHIN_MS } from './part.js';
import type { RunDirectory } from './run-directory.js';

const PROBE_TIMEOUT_MS = 1_000;
const REST_TIMEOUT_MS = 10_000;

/** A Connect worker. It keeps its own topics on its site's cluster; its connectors log in as their own principals. */
export class ConnectPart implements Part {
  readonly name = 'connect';
  readonly readyWithinMs = READY_WITHIN_MS;
  readonly ports = [{ port: PORTS.connect, use: 'Connect REST' }];

  constructor(
    readonly site: KafkaSite,
    private readonly layout: Layout,
    private readonly run: RunDirectory,
    private readonly archive: ClassArchive,
  ) {}

  prepare(): Promise<Command> {
    this.run.folder(this.site);
    const config = this.run.write(properties(this.config()), this.site, 'connect.properties');
    const main = ['org.apache.kafka.connect.cli.ConnectDistributed', config];
    return Promise.resolve(java(this.run, `${this.site}.connect`, this.archive, main));
  }

  async probe(): Promise<void> {
    const health = `${connectUrl(this.layout, this.site)}/health`;
    const answer = await fetch(health, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`${health}: ${answer.status} ${await answer.text()}`);
  }

  private config(): Record<string, string | number> {
    return {
      'bootstrap.servers': `${this.layout.address(this.site)}:${PORTS.kafkaAdmin}`,
      'security.protocol': 'SASL_PLAINTEXT',
      'sasl.mechanism': 'PLAIN',
      'sasl.jaas.config': jaas(this.run, 'connect'),
      'group.id': 'connect-workers',
      listeners: connectUrl(this.layout, this.site),
      'rest.advertised.host.name': this.layout.address(this.site),
      'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
      'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
      'offset.storage.topic': 'connect-offsets',
      'config.storage.topic': 'connect-configs',
      'status.storage.topic': 'connect-status',
      'offset.storage.replication.factor': 1,
      'config.storage.replication.factor': 1,
      'status.storage.replication.factor': 1,
      'offset.storage.partitions': 1,
      'status.storage.partitions': 1,
      // A worker that was killed is missed after 3 s, so that its successor need not wait 10 s for its work.
      'session.timeout.ms': 3000,
      'heartbeat.interval.ms': 500,
      'offset.flush.interval.ms': 1000,
      'scheduled.rebalance.max.delay.ms': 0,
      'connector.client.config.override.policy': 'All',
      'plugin.discovery': 'service_load',
    };
  }
}

export const connectUrl = (layout: Layout, site: KafkaSite) => `http://${layout.address(site)}:${PORTS.connect}`;

/** One call of Connect's REST interface; throws on anything but success. */
export async function connectCall(
  layout: Layout,
  site: KafkaSite,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(`${connectUrl(layout, site)}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REST_TIMEOUT_MS),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} at Connect of site ${site}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
