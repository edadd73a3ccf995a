import { ForgedError } from '#libs/contracts';
import { messageOf, type ClusterId } from '#libs/domain';
import type { StoredRecord, TopicLog } from '#libs/kafka';
import type { Stop } from '#libs/runtime';
import { Admission, type AdmissionRuntime } from './admission.js';
import { ClusterPublisher } from './cluster-publisher.js';
import { ClusterReader, type ReaderPace } from './cluster-reader.js';
import { EventBus, type Channel, type EventListener } from './event-bus.js';
import { Link } from './link.js';

/** One cluster of the bus. Reads wait for records, so they have a connection of their own. */
export interface BusCluster {
  readonly cluster: ClusterId;
  readonly toWrite: TopicLog;
  /** Called once per subscription. */
  readonly openToRead: () => { readonly log: TopicLog; close(): Promise<void> };
  close(): Promise<void>;
}

export type BusRuntime = AdmissionRuntime;

interface Subscription {
  readonly stop: Stop;
  readonly ended: Promise<unknown>;
}

/** The event bus over the topic logs of several clusters; with logs in memory it is the in-memory adapter. */
export class MultiClusterEventBus extends EventBus {
  private readonly publishers: readonly ClusterPublisher[];
  private readonly subscriptions = new Set<Subscription>();

  constructor(
    private readonly clusters: readonly BusCluster[],
    private readonly pace: ReaderPace,
    private readonly runtime: BusRuntime,
  ) {
    super();
    this.publishers = clusters.map(
      ({ cluster, toWrite }) => new ClusterPublisher(toWrite, new Link(runtime.readiness, cluster, 'to')),
    );
  }

  override publish(topic: string, key: string, body: string): void {
    for (const publisher of this.publishers) publisher.publish({ topic, key, body });
  }

  override subscribe<T>(channel: Channel<T>, listener: EventListener<T>): Stop {
    const stopped = new AbortController();
    const admission = new Admission(channel.topic, this.runtime);
    const read = async (bus: BusCluster) => {
      const reading = bus.openToRead();
      const link = new Link(this.runtime.readiness, bus.cluster, 'from');
      const reader = new ClusterReader(reading.log, link, this.runtime.clock, this.pace);
      const deliver = (record: StoredRecord) => this.deliver(channel, admission, listener, bus.cluster, record);
      await reader.run(channel.topic, deliver, stopped.signal);
      await reading.close();
    };
    const ended = Promise.all(this.clusters.map(read));
    const subscription = { stop: () => stopped.abort(), ended };
    this.subscriptions.add(subscription);
    void ended.finally(() => this.subscriptions.delete(subscription));
    return subscription.stop;
  }

  override async close(): Promise<void> {
    for (const { stop } of this.subscriptions) stop();
    await Promise.all([...this.subscriptions].map(({ ended }) => ended));
    await Promise.all(this.publishers.map((publisher) => publisher.settled()));
    await Promise.all(this.clusters.map((cluster) => cluster.close()));
  }

  private async deliver<T>(
    channel: Channel<T>,
    admission: Admission,
    listener: EventListener<T>,
    cluster: ClusterId,
    { value, partition, offset }: StoredRecord,
  ): Promise<void> {
    const what = `${channel.topic}-${partition} of cluster ${cluster} at offset ${offset}`;
    const opened = channel.open(value?.toString() ?? '', what);
    if (!opened.ok) {
      const { problem } = opened;
      return void admission.reject(problem instanceof ForgedError ? 'forged' : 'malformed', problem.message);
    }
    const { event, identity } = opened.value;
    if (!admission.admits(identity, what)) return;
    try {
      await listener(event, cluster);
    } catch (error) {
      admission.reject('unhandled', `${what}: ${messageOf(error)}`);
    }
  }
}
