import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { messageOf, type SiteId, type WorkerKind } from '#libs/domain';
import type { Readiness, Stop } from '#libs/runtime';
import { Doorbell } from './doorbell.js';

export interface BullmqDoorbellOptions {
  /** The site's own Redis, `redis://10.1.0.5:6379`. It may be wiped at any time. */
  readonly redis: string;
  readonly site: SiteId;
  readonly ringTimeoutMs: number;
}

const COMPONENT = 'Redis';
const RECONNECT_EVERY_MS = 500;
/** A blocking read that has not come back this long after its end is given up by BullMQ, which then reconnects. */
const BLOCK_SECONDS = 2;
/** Longer than any wait for an answer that may be empty: data must have come by then, or the connection is dead. */
const SILENCE_MS = 5_000;
/** A ring is taken for a moment only; after this long its listener has died, and it rings again for the next one. */
const LOCK_MS = 5_000;

/** Rings through the site's Redis. While Redis is away nothing rings, which readiness shows, and workers look instead. */
export class BullmqDoorbell extends Doorbell {
  readonly #queues = new Map<WorkerKind, Queue>();
  readonly #stops = new Set<() => Promise<void>>();
  #ringing: Redis | undefined;

  constructor(
    private readonly options: BullmqDoorbellOptions,
    private readonly readiness: Readiness,
  ) {
    super();
  }

  override async ring(worker: WorkerKind, stepKey: string): Promise<boolean> {
    this.#ringing ??= this.#connect({ maxRetriesPerRequest: 0, commandTimeout: this.options.ringTimeoutMs });
    const queue = this.#queueOf(worker, this.#ringing);
    // BullMQ would keep what is added while Redis is away, for as long as that lasts.
    if (!(await isConnected(this.#ringing, this.options.ringTimeoutMs))) return false;
    // The same step rings once at a time. An id must not hold a colon, which BullMQ uses for its own keys.
    const job = { jobId: stepKey.replaceAll(':', '_'), attempts: 1, removeOnComplete: true, removeOnFail: true };
    try {
      await inTime(queue.add('ring', { stepKey }, job), this.options.ringTimeoutMs);
      this.readiness.ready(COMPONENT);
      return true;
    } catch (error) {
      this.#missing(error);
      return false;
    }
  }

  override listen(worker: WorkerKind, onRing: (stepKey: string) => void): Stop {
    // BullMQ needs commands that wait for the connection; the silence limit ends those that wait for a dead one.
    const connection = this.#connect({ maxRetriesPerRequest: null, socketTimeout: SILENCE_MS });
    const listener = new Worker<{ readonly stepKey: string }>(
      queueName(worker),
      async ({ data }) => onRing(data.stepKey),
      {
        connection,
        prefix: this.#prefix,
        drainDelay: BLOCK_SECONDS,
        lockDuration: LOCK_MS,
        stalledInterval: LOCK_MS,
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      },
    );
    listener.on('error', (error) => this.#missing(error));
    const stop = async () => {
      this.#stops.delete(stop);
      await inTime(listener.close(true), this.options.ringTimeoutMs).catch(() => undefined);
      connection.disconnect();
    };
    this.#stops.add(stop);
    return () => void stop();
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#stops].map((stop) => stop()));
    const closing = [...this.#queues.values()].map((queue) => inTime(queue.close(), this.options.ringTimeoutMs));
    await Promise.allSettled(closing);
    this.#ringing?.disconnect();
  }

  get #prefix(): string {
    return `signalbox-${this.options.site}`;
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
    redis.on('ready', () => this.readiness.ready(COMPONENT));
    redis.on('error', (error) => this.#missing(error));
    return redis;
  }

  #missing(error: unknown): void {
    const where = new URL(this.options.redis).host;
    const consequence = 'steps start when a worker next looks at the journal, instead of at once';
    this.readiness.missing(COMPONENT, `Redis at ${where} does not answer (${messageOf(error)}): ${consequence}`);
  }
}

const queueName = (worker: WorkerKind): string => `steps-${worker}`;

/** A first connection is waited for. Why there is none is told by the connection itself. */
async function isConnected(redis: Redis, timeoutMs: number): Promise<boolean> {
  const isFirst = redis.status === 'connecting' || redis.status === 'connect';
  if (isFirst) await inTime(once(redis, 'ready'), timeoutMs).catch(() => undefined);
  return redis.status === 'ready';
}

/** A promise that does not settle while Redis is away gets an end. */
function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  return new Promise<T>((resolve, reject) => {
    timeout.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true });
    promise.then(resolve, reject);
  });
}
