import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { askUntilAgreed } from '../../apps/dns-switcher/src/authoritative-answers.js';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import type { TsigKey } from '../../apps/dns-switcher/src/tsig.js';
import { ConnectClient } from '../../apps/mirror-switcher/src/connect-client.js';
import { clusterId } from '#libs/domain';
import { openCluster, type AccessRule, type KafkaCluster } from '#libs/kafka';
import { SystemRandom } from '#libs/runtime';
import { KAFKA_NAME, TSIG_ALGORITHM, TSIG_KEY_NAME, tsigSecretFile, ZONE } from '../lab/bind.js';
import { pointClients } from '../lab/client-config.js';
import { clock, until } from '../lab/condition.js';
import type { Principal } from '../lab/credentials.js';
import { connectorNames, TOPIC } from '../lab/flow.js';
import type { Lab } from '../lab/lab.js';
import { PORTS, type LabSite } from '../lab/layout.js';

/** So long that a call of a busy machine is slow, and not failed. */
const CALL_TIMEOUT_MS = 10_000;
const HOLDS_WITHIN_MS = 60_000;
const POLL_MS = 10;
const TTL_SECONDS = 1;
const CONNECTORS = connectorNames('a', 'b');

/**
 * A failover of the lab's site A as a script would do it: the same calls at the same resources, each read back, and
 * nothing around them. No quorum, no epoch, no journal, no audit.
 */
export class BareFailover {
  private readonly kafka: KafkaCluster;
  private readonly connect: ConnectClient;

  constructor(private readonly lab: Lab) {
    const [host = '', port] = lab.site('b').kafka.adminAddress.split(':');
    this.kafka = openCluster({
      cluster: clusterId('b'),
      bootstrap: [{ host, port: Number(port) }],
      credentials: { mechanism: 'PLAIN', username: 'signalbox', password: () => lab.password('signalbox') },
      timeoutMs: CALL_TIMEOUT_MS,
    });
    this.connect = new ConnectClient(lab.site('b').connectUrl, clock, CALL_TIMEOUT_MS);
  }

  /** B as Signalbox keeps it while A is active: the application may not write there. */
  async raiseStandingFence(): Promise<void> {
    await this.kafka.rules.add([mayNotWrite('app')]);
    await this.rulesHold((rules) => rules.some(denies('app')));
  }

  async stopMirror(): Promise<void> {
    const { source, checkpoint } = CONNECTORS;
    await Promise.all([source, checkpoint].map((connector) => this.stop(connector)));
  }

  async denyMirror(): Promise<void> {
    await this.kafka.rules.add([mayNotWrite('mm2-ab')]);
    await this.rulesHold((rules) => rules.some(denies('mm2-ab')));
  }

  async readPositions(): Promise<void> {
    await Promise.all([this.connect.positions(CONNECTORS.source, soon()), this.kafka.log.endOffsets(TOPIC)]);
  }

  async promote(): Promise<void> {
    await this.kafka.rules.remove([mayNotWrite('app')]);
    await this.rulesHold((rules) => !rules.some(denies('app')));
  }

  async redirect(): Promise<void> {
    const { lab } = this;
    pointClients(lab.layout, lab.run, 'b', 'b');
    const addressSet = (site: LabSite) =>
      ({ name: KAFKA_NAME, type: 'A', values: [lab.site(site).address], ttlSeconds: TTL_SECONDS }) as const;
    const secret = createSecretKey(readFileSync(lab.run.file('secrets', tsigSecretFile), 'utf8'), 'base64');
    const primary = this.nameServer('w', { name: TSIG_KEY_NAME, algorithm: TSIG_ALGORITHM, secret });
    await primary.update({ zone: ZONE, remove: [addressSet('a')], create: [addressSet('b')], absent: [] }, soon());
    const servers = { serving: [this.nameServer('a'), this.nameServer('b')], hidden: [primary] };
    const target = { addresses: [lab.site('b').address], ttlSeconds: TTL_SECONDS };
    const expected = { name: KAFKA_NAME, shape: {}, target };
    const times = { attemptTimeoutMs: 300, pollMs: POLL_MS };
    const { holds, observed } = await askUntilAgreed(servers, expected, times, clock, soon());
    if (!holds) throw new Error(`the name servers do not agree: ${JSON.stringify(observed)}`);
  }

  close(): Promise<void> {
    return this.kafka.close();
  }

  private async stop(connector: string): Promise<void> {
    await this.connect.setState(connector, 'stopped', soon());
    await holds(`${connector} is stopped`, async () => {
      const { connector: state, tasks } = await this.connect.status(connector, soon());
      return state === 'STOPPED' && tasks.length === 0;
    });
  }

  private rulesHold(condition: (rules: readonly AccessRule[]) => boolean): Promise<void> {
    return holds('the ACLs of B are as asked for', async () => condition(await this.kafka.rules.list()));
  }

  private nameServer(site: LabSite, key?: TsigKey): NameServer {
    const server = { host: this.lab.site(site).address, port: PORTS.dns };
    return new NameServer(server, clock, new SystemRandom(), key);
  }
}

/** Time for one call. */
const soon = (): AbortSignal => AbortSignal.timeout(HOLDS_WITHIN_MS);

const holds = (what: string, isSo: () => Promise<boolean>): Promise<void> =>
  until(
    what,
    HOLDS_WITHIN_MS,
    async () => {
      if (!(await isSo())) throw new Error('not yet');
    },
    POLL_MS,
  );

const mayNotWrite = (principal: Principal): AccessRule => ({
  permission: 'deny',
  principal: `User:${principal}`,
  operation: 'write',
  topic: TOPIC,
  match: 'literal',
  host: '*',
});

const denies =
  (principal: Principal) =>
  (rule: AccessRule): boolean =>
    rule.permission === 'deny' && rule.principal === `User:${principal}` && rule.topic === TOPIC;
