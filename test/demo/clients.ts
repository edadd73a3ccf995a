import { SystemRandom, type Clock } from '#libs/runtime';
import { CLUSTER_IDS } from '../lab/kafka.js';
import { PROXY_ADDRESS } from '../lab/kubernetes/node/clients-release.js';
import type { KubernetesSite } from '../lab/kubernetes/node/kubernetes-site.js';
import type { Lab } from '../lab/lab.js';
import { ClientPods } from './client-pods.js';
import { GroupConsumer } from './consumer.js';
import type { Session } from './follow.js';
import { FollowedFile } from './followed-file.js';
import { FollowedName } from './followed-name.js';
import type { Login } from './kafka-login.js';
import { Ledger, type KafkaSite } from './ledger.js';
import { PINNED, startPinnedClient } from './pinned-client.js';
import { SequenceProducer } from './producer.js';

export interface ClientSettings {
  readonly lab: Lab;
  readonly clock: Clock;
  readonly name: string;
  readonly topic: string;
  readonly groupId: string;
  readonly login: Login;
  /** Starts a producer inside A as well, that knows no name. */
  readonly pinned: boolean;
}

/**
 * An application: a producer that follows a name, a consumer group that follows a config file of site B, and what they saw.
 * Where sites are clusters of Kubernetes both are in pods of site B, and follow the proxy beside them.
 */
export class Clients {
  readonly ledger = new Ledger();
  /** Told apart from the clients of an earlier run on the same lab. */
  private readonly run = new SystemRandom().id().slice(0, 6);
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>[] = [];
  private pinned: { stop(): Promise<void> } | undefined;
  private pinnedEver = 0;

  constructor(private readonly settings: ClientSettings) {}

  start(): void {
    if (this.settings.lab.kubernetes === undefined) this.startHere();
    else this.startAsPods(this.settings.lab.kubernetes.b);
    if (this.settings.pinned) this.startPinned();
  }

  /** At the standby: what is switched there outlives A. */
  private startAsPods(site: KubernetesSite): void {
    const { lab, clock, topic, groupId, login } = this.settings;
    const env = {
      DEMO_USERNAME: login.username,
      DEMO_PASSWORD: login.password,
      DEMO_TOPIC: topic,
      DEMO_GROUP: groupId,
      DEMO_NAME: `app-${this.run}`,
      DEMO_PROXY: PROXY_ADDRESS,
      DEMO_CLUSTER_A: CLUSTER_IDS.a,
      DEMO_CLUSTER_B: CLUSTER_IDS.b,
    };
    const pods = new ClientPods(site, lab.run.folder('clients'), this.ledger, clock);
    this.running.push(pods.run(env, this.stopped.signal));
  }

  private startHere(): void {
    const { lab, clock, name, topic, groupId, login } = this.settings;
    // The standby's server first: its answers change even when A is gone.
    const servers = (['b', 'a'] as const).map((site) => lab.site(site).dnsAddress);
    const producer = new SequenceProducer({ name: `app-${this.run}`, topic, login, clock, ledger: this.ledger });
    const consumer = new GroupConsumer({ groupId, topic, login, clock, ledger: this.ledger });
    const atBroker =
      (session: (broker: string, site: KafkaSite, leave: AbortSignal) => Promise<void>): Session =>
      (address, leave) => {
        const site = this.siteAt(address);
        return session(lab.site(site).kafka.clientAddress, site, leave);
      };
    const { signal } = this.stopped;
    this.running.push(
      new FollowedName(name, servers, clock).follow(
        signal,
        atBroker((...session) => producer.produceAt(...session)),
      ),
      new FollowedFile(lab.clientConfigFile('b'), clock).follow(
        signal,
        atBroker((...session) => consumer.consumeAt(...session)),
      ),
    );
  }

  /** The one inside A that knows no name. It may be started before A is. */
  startPinned(): void {
    const { lab, topic, login } = this.settings;
    const name = `${PINNED}${++this.pinnedEver}-${this.run}`;
    this.pinned = startPinnedClient(lab, { name, topic, login }, this.ledger);
  }

  /** Those that follow the name and the file; the pinned one goes on. */
  async stopFollowing(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.running);
  }

  async stopPinned(): Promise<void> {
    await this.pinned?.stop();
    this.pinned = undefined;
  }

  /** The name says a host, the file a broker. */
  private siteAt(address: string): KafkaSite {
    const site = (['a', 'b'] as const).find((each) => {
      const { address: host, kafka } = this.settings.lab.site(each);
      return address === host || address === kafka.clientAddress;
    });
    if (site) return site;
    throw new Error(`clients are told ${address}, which is no site of the lab`);
  }
}
