import { once } from 'node:events';
import { Queue, type Job } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { decodeValue, RingWire } from '#libs/contracts';
import { messageOf, type Ring, type SiteId, type WorkerKind } from '#libs/domain';
import type { Clock, Random, Readiness, Stop } from '#libs/runtime';
import { BullmqEar } from './bullmq.ear.js';
import { Canary } from './canary.js';
import { Doorbell, ringId, type Waiting } from './doorbell.js';
import { inTime } from './in-time.js';

export interface BullmqDoorbellOptions {
  /** The site's own Redis, `redis://10.1.0.5:6379`. It may be wiped at any time. */
  readonly redis: string;
  readonly site: SiteId;
  readonly ringTimeoutMs: number;
  /** A listener that does not hear its own canary for this long is built anew. */
  readonly canaryMaxAgeMs?: number;
}

export interface BullmqDoorbellPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly readiness: Readiness;
}

const COMPONENT = 'Redis';
const RECONNECT_EVERY_MS = 500;
const CANARY_MAX_AGE_MS = 30_000;
/** Canaries sent in the time in which one must be heard. */
const CANARIES = 6;
const CANARY = 'canary';
/** Longer than any wait for an answer that may be empty: data must have come by then, or the connection is dead. */
const SILENCE_MS = 5_000;

/** Rings through the site's Redis. While Redis is away nothing rings, which readiness shows, and workers look instead. */
export class BullmqDoorbell extends Doorbell {
  readonly #queues = new Map<WorkerKind, Queue>();
  readonly #ears = new Map<BullmqEar, Stop>();
  #ringing: Redis | undefined;

  constructor(
    private readonly options: BullmqDoorbellOptions,
    private readonly ports: BullmqDoorbellPorts,
  ) {
    super();
  }

  override ring(worker: WorkerKind, ring: Ring): Promise<boolean> {
    return this.#add(worker, 'ring', ringId(ring), ring);
  }

  override listen(worker: WorkerKind, onRing: (ring: Ring) => void): Stop {
    const { clock } = this.ports;
    const canary = new Canary();
    const ear: BullmqEar = new BullmqEar({
      queue: queueName(worker),
      prefix: this.#prefix,
      closeWithinMs: this.options.ringTimeoutMs,
      // BullMQ needs commands that wait for the connection; the silence limit ends those that wait for a dead one.
      connect: () => this.#connect({ maxRetriesPerRequest: null, socketTimeout: SILENCE_MS }),
      onError: (error) => this.#missing(error),
      onJob: (job) => {
        canary.heard(clock.monotonicMs());
        this.ports.readiness.ready(bellOf(worker));
        const ring = ringIn(job);
        if (ring) onRing(ring);
      },
    });
    const stopCanary = this.#keepCanary(worker, canary, ear);
    const stop = () => {
      stopCanary();
      this.#ears.delete(ear);
      void ear.close();
    };
    this.#ears.set(ear, stopCanary);
    return stop;
  }

  override async waiting(worker: WorkerKind): Promise<Waiting | undefined> {
    const queue = await this.#connectedQueue(worker);
    if (!queue) return undefined;
    try {
      const asked = Promise.all([queue.getWaitingCount(), queue.getWaiting(0, 0)]);
      const [depth, [oldest]] = await inTime(asked, this.options.ringTimeoutMs);
      // By the clock of whoever rang.
      return { depth, oldestMs: oldest ? Math.max(0, this.ports.clock.now() - oldest.timestamp) : 0 };
    } catch (error) {
      this.#missing(error);
      return undefined;
    }
  }

  override async close(): Promise<void> {
    const closingEars = [...this.#ears].map(([ear, stopCanary]) => {
      stopCanary();
      return ear.close();
    });
    this.#ears.clear();
    await Promise.all(closingEars);
    const closing = [...this.#queues.values()].map((queue) => inTime(queue.close(), this.options.ringTimeoutMs));
    await Promise.allSettled(closing);
    this.#ringing?.disconnect();
  }

  get #prefix(): string {
    return `signalbox-${this.options.site}`;
  }

  /** Rings for the listener itself, and builds it anew when it does not hear that. */
  #keepCanary(worker: WorkerKind, canary: Canary, ear: BullmqEar): Stop {
    const { clock, random, readiness } = this.ports;
    const maxAgeMs = this.options.canaryMaxAgeMs ?? CANARY_MAX_AGE_MS;
    // One at a time of each listener, so that they do not pile up where nobody listens.
    const id = `${CANARY}_${random.id()}`;
    return clock.every(maxAgeMs / CANARIES, async () => {
      if (await this.#add(worker, CANARY, id, {})) canary.sent(clock.monotonicMs());
      else canary.startsAnew();
      const nowMs = clock.monotonicMs();
      const ageMs = canary.ageMs(nowMs);
      if (ageMs !== undefined) readiness.show(bellOf(worker), { canaryAgeMs: Math.round(ageMs) });
      if (canary.silentMs(nowMs) <= maxAgeMs || !this.#ears.has(ear)) return;
      const silentFor = `has heard nothing for ${Math.round(canary.silentMs(nowMs) / 1_000)} s although it was rung`;
      readiness.missing(bellOf(worker), `The listener of ${worker} ${silentFor}, and is built anew: ${MEANWHILE}`);
      await ear.rebuild();
      canary.startsAnew();
    });
  }

  async #add(worker: WorkerKind, name: string, jobId: string, data: object): Promise<boolean> {
    const queue = await this.#connectedQueue(worker);
    if (!queue) return false;
    try {
      const job = { jobId, attempts: 1, removeOnComplete: true, removeOnFail: true };
      await inTime(queue.add(name, data, job), this.options.ringTimeoutMs);
      this.ports.readiness.ready(COMPONENT);
      return true;
    } catch (error) {
      this.#missing(error);
      return false;
    }
  }

  /** BullMQ would keep what is added while Redis is away, for as long as that lasts: undefined then. */
  async #connectedQueue(worker: WorkerKind): Promise<Queue | undefined> {
    this.#ringing ??= this.#connect({ maxRetriesPerRequest: 0, commandTimeout: this.options.ringTimeoutMs });
    const queue = this.#queueOf(worker, this.#ringing);
    return (await isConnected(this.#ringing, this.options.ringTimeoutMs)) ? queue : undefined;
  }

  #queueOf(worker: WorkerKind, connection: Redis): Queue {
    const known = this.#queues.get(worker);
    if (known) return known;
    const queue = new Queue(queueName(worker), { connection, prefix: this.#prefix });
    queue.on('error', (error) => this.#missing(error));
    this.#queues.set(worker, queue);
    return queue;
  }

  #connect(options: RedisOptions): Redis {
    const redis = new Redis(this.options.redis, {
      ...options,
      connectTimeout: this.options.ringTimeoutMs,
      retryStrategy: () => RECONNECT_EVERY_MS,
    });
    redis.on('ready', () => this.ports.readiness.ready(COMPONENT));
    redis.on('error', (error) => this.#missing(error));
    return redis;
  }

  #missing(error: unknown): void {
    const where = new URL(this.options.redis).host;
    const reason = `Redis at ${where} does not answer (${messageOf(error)}): ${MEANWHILE}`;
    this.ports.readiness.missing(COMPONENT, reason);
  }
}

const MEANWHILE = 'steps start when a worker next looks at the journal, instead of at once';
const queueName = (worker: WorkerKind): string => `steps-${worker}`;
const bellOf = (worker: WorkerKind): string => `bell of ${worker}`;

/** Undefined for a canary, and for whatever somebody else put there. */
function ringIn({ name, data }: Job): Ring | undefined {
  if (name === CANARY) return undefined;
  const ring = decodeValue(RingWire, data, 'a job');
  return ring.ok ? ring.value : undefined;
}

/** A first connection is waited for. Why there is none is told by the connection itself. */
async function isConnected(redis: Redis, timeoutMs: number): Promise<boolean> {
  const isFirst = redis.status === 'connecting' || redis.status === 'connect';
  if (isFirst) await inTime(once(redis, 'ready'), timeoutMs).catch(() => undefined);
  return redis.status === 'ready';
}
