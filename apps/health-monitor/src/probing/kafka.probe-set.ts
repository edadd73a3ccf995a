import { messageOf, SignalboxError } from '#libs/domain';
import { KafkaAuthenticationError, KafkaRefusedError, type KafkaCluster } from '#libs/kafka';
import type { Clock, Random } from '#libs/runtime';
import { ProbeSet, type ProbeResult, type ProbeRound } from './probe-set.js';
import { SlowProbes } from './slow-probes.js';
import type { TcpReach } from './tcp-reach.js';

/** One partition per broker, so that every broker is asked to write; created with the cluster, never by us. */
export const CANARY_TOPIC = 'signalbox.canary';

/** The broker may hold the read of what it has just acknowledged this long; it never needs to. */
const READ_WAIT_MS = 100;
/** Answers about who we are and what we may do: the cluster works, our set-up does not. */
const OUR_FAULT = ['TOPIC_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION', 'CLUSTER_AUTHORIZATION_FAILED'];

export interface KafkaProbeOptions {
  readonly timeoutMs: number;
  readonly bootstrap: readonly { readonly host: string; readonly port: number }[];
}

/** The cluster was asked and did not do what it should. */
class ProbeFailure extends Error {}

interface Produced {
  readonly partition: number;
  readonly offset: bigint;
  readonly value: string;
}

interface Attempt<T> {
  readonly result: ProbeResult;
  readonly value?: T;
  readonly error?: unknown;
}

/** Over connections that stay open: a round is a handful of requests at once, not a handful of log-ins. */
export class KafkaProbeSet extends ProbeSet {
  private readonly slow: SlowProbes;
  private partitions?: readonly number[];
  private isReached = true;

  constructor(
    private readonly cluster: KafkaCluster,
    private readonly reach: TcpReach,
    private readonly time: { readonly clock: Clock; readonly random: Random },
    private readonly options: KafkaProbeOptions,
  ) {
    super();
    this.slow = new SlowProbes(cluster.state, time.clock);
  }

  override async round(): Promise<ProbeRound> {
    const over = new AbortController();
    const deadline = this.time.clock.sleep(this.options.timeoutMs, over.signal);
    const metadata = this.attempt('metadata', deadline, () => this.cluster.log.partitions(CANARY_TOPIC));
    const tcp = this.isReached ? undefined : this.attempt('tcp', deadline, () => this.tcp());
    const quorum = this.attempt('quorum', deadline, () => this.cluster.state.quorumLeader());
    const canaries = (this.partitions ?? (await metadata).value ?? [0]).map((one) => this.canary(one, deadline));
    const [known, leader, connected, ...tried] = await Promise.all([metadata, quorum, tcp, ...canaries]);
    over.abort();
    this.partitions = known.value ?? this.partitions;
    this.isReached = known.result.ok;
    return this.summary(known, leader, connected, tried);
  }

  private summary(
    metadata: Attempt<unknown>,
    quorum: Attempt<unknown>,
    tcp: Attempt<unknown> | undefined,
    canaries: readonly { readonly produced: Attempt<Produced>; readonly consumed?: Attempt<void> }[],
  ): ProbeRound {
    const produced = canaries.map((canary) => canary.produced);
    const consumed = canaries.flatMap((canary) => canary.consumed ?? []);
    const slow = this.slow.latest({ isReached: metadata.result.ok });
    const attempts = [...(tcp ? [tcp] : []), metadata, quorum, ...produced, ...consumed];
    const refused = [metadata, ...produced].map(({ error }) => refusalIn(error)).find((one) => one !== undefined);
    // Whoever got no answer only knows what it was.
    const kafkaClusterId = metadata.result.ok ? this.cluster.log.kafkaClusterId() : undefined;
    return {
      probes: [...attempts.map(({ result }) => result), ...slow],
      canary: { partitions: canaries.length, failed: produced.filter(({ result }) => !result.ok).length },
      ...(refused && { refused }),
      ...(kafkaClusterId && { kafkaClusterId }),
    };
  }

  private async canary(partition: number, deadline: Promise<void>) {
    const produced = await this.attempt('produce', deadline, () => this.produce(partition));
    const record = produced.value;
    if (!record) return { produced };
    return { produced, consumed: await this.attempt('consume', deadline, () => this.consume(record)) };
  }

  private async produce(partition: number): Promise<Produced> {
    const value = this.time.random.id();
    const appended = await this.cluster.log.append(CANARY_TOPIC, partition, [{ value: Buffer.from(value) }]);
    if (appended.outcome === 'appended') return { partition, offset: appended.offset, value };
    throw new KafkaRefusedError(`${CANARY_TOPIC}-${partition} refused a write: ${appended.reason}`, appended.reason);
  }

  private async consume({ partition, offset, value }: Produced): Promise<void> {
    const read = { waitMs: READ_WAIT_MS };
    const [record] = await this.cluster.log.read(CANARY_TOPIC, partition, offset, read);
    const found = record?.offset === offset ? record.value?.toString() : undefined;
    if (found !== value) throw new ProbeFailure(`${CANARY_TOPIC}-${partition} at ${offset} is not what was written`);
  }

  private async tcp(): Promise<void> {
    const { bootstrap, timeoutMs } = this.options;
    const connects = await Promise.all(bootstrap.map((address) => this.reach.connects(address, timeoutMs)));
    if (!connects.includes(true)) throw new ProbeFailure('no bootstrap address takes a TCP connection');
  }

  private async attempt<T>(
    probe: ProbeResult['probe'],
    deadline: Promise<void>,
    run: () => Promise<T>,
  ): Promise<Attempt<T>> {
    const { clock } = this.time;
    const startedAtMs = clock.monotonicMs();
    const latency = () => Math.round((clock.monotonicMs() - startedAtMs) * 10) / 10;
    const late = deadline.then(() => ({ late: true as const }));
    try {
      const outcome = await Promise.race([run().then((value) => ({ late: false as const, value })), late]);
      if (outcome.late) throw new ProbeFailure(`no answer within ${this.options.timeoutMs} ms`);
      return { result: { probe, ok: true, latencyMs: latency() }, value: outcome.value };
    } catch (error) {
      return { result: { probe, ok: false, latencyMs: latency(), detail: messageOf(error) }, error };
    }
  }
}

/** What speaks against us and not against the cluster: a login, a right, or a bug of ours. */
const refusalIn = (error: unknown): string | undefined => {
  if (error === undefined || error instanceof ProbeFailure) return undefined;
  if (!(error instanceof SignalboxError)) return `the probe cannot be made: ${messageOf(error)}`;
  if (error instanceof KafkaAuthenticationError) return error.message;
  if (error instanceof KafkaRefusedError && OUR_FAULT.includes(error.reason)) return error.message;
  return undefined;
};
