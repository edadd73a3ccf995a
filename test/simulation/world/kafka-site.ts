import { clusterId, UnavailableError, type SiteId } from '#libs/domain';
import { InMemoryKafka, openInMemory, type KafkaCluster, type Listener } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import { InMemoryListener } from '../../support/guarded-site.js';
import type { SimProcess } from '../kernel/sim-process.js';
import { A, clusterAt, GROUP } from './ground.js';

export const SELF = 'User:signalbox';
export const APP = 'User:app';
const TOPIC = 'orders';
const STAMP = /^User:signalbox-epoch-(\d+)$/;

/** A site's Kafka, with the ACLs that its guard rules by, and the listener that the guard can close. */
export class KafkaSite {
  readonly kafka: InMemoryKafka;
  readonly listener: InMemoryListener;
  /** The principal of the flow that ends here. */
  readonly inbound: string;
  bornAtMs = 0;
  private births = 1;

  constructor(
    readonly site: SiteId,
    clock: Clock,
    timeoutMs: number,
  ) {
    this.inbound = site === A ? 'User:mm2-ba' : 'User:mm2-ab';
    this.kafka = new InMemoryKafka({ cluster: clusterId(clusterAt(site)), timeoutMs }, clock);
    for (const topic of [TOPIC, 'signalbox.probe.orders', 'signalbox.guard-canary']) this.kafka.createTopic(topic);
    this.setUp();
    this.listener = new InMemoryListener(this.kafka);
  }

  /** What it calls itself. */
  get name(): string {
    return `${this.kafka.cluster}-${this.births}`;
  }

  /** Another cluster takes its place, set up as this one was at first: whatever was fenced or stamped is gone. */
  beginAnew(atMs: number): void {
    this.births += 1;
    this.bornAtMs = atMs;
    this.kafka.rules.splice(0, Infinity);
    this.setUp();
  }

  private setUp(): void {
    const allow = (principal: string, topic: string, match: 'literal' | 'prefixed') =>
      this.kafka.rules.push({ permission: 'allow', principal, operation: 'all', topic, match, host: '*' });
    allow(APP, TOPIC, 'literal');
    allow(this.inbound, TOPIC, 'literal');
    allow(SELF, 'signalbox.', 'prefixed');
  }

  /** As the site's guard reaches it. */
  open(process: SimProcess, behind: Listener): KafkaCluster {
    const { kafka, listener } = this;
    const cluster = openInMemory(kafka, SELF);
    const log = process.using(cluster.log);
    const throughListener = new Proxy(log, {
      get: (target, name, receiver) => {
        if (!listener.isOpen) return () => Promise.reject(new UnavailableError('the listener is closed'));
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    return { ...cluster, log: behind === 'clients' ? throughListener : log, rules: process.using(cluster.rules) };
  }

  get serves(): boolean {
    return this.kafka.condition === 'serving';
  }

  /** Whether a client in this very site gets a record in now. */
  get takesWrites(): boolean {
    return this.serves && this.listener.isOpen && this.permits(APP);
  }

  get takesReplication(): boolean {
    return this.serves && this.permits(this.inbound);
  }

  /** The epoch in its ACLs. */
  get stamp(): number {
    const topic = `signalbox.epoch.${GROUP}`;
    return this.kafka.rules.reduce((highest, rule) => {
      if (rule.topic !== topic) return highest;
      return Math.max(highest, Number(STAMP.exec(rule.principal)?.[1] ?? 0));
    }, 0);
  }

  /** A record log that nobody reads would only grow. */
  forgetRecords(): void {
    for (const topic of this.kafka.topicNames)
      for (const partition of this.kafka.partitionsOf(topic)) if (partition.length > 500) partition.splice(0, 400);
  }

  private permits(principal: string): boolean {
    try {
      this.kafka.demand(principal, 'write', TOPIC);
      return true;
    } catch {
      return false;
    }
  }
}
