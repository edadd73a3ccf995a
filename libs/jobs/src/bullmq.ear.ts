import { Worker, type Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { inTime } from './in-time.js';

/** A blocking read that has not come back this long after its end is given up by BullMQ, which then reconnects. */
const BLOCK_SECONDS = 2;
/** A ring is taken for a moment only; after this long its listener has died, and it rings again for the next one. */
const LOCK_MS = 5_000;

export interface EarOptions {
  readonly queue: string;
  readonly prefix: string;
  readonly closeWithinMs: number;
  /** Its own for every listener, since BullMQ blocks on it. */
  readonly connect: () => Redis;
  readonly onJob: (job: Job) => void;
  readonly onError: (error: Error) => void;
}

/** Listens to one queue, and can be built anew: a BullMQ worker may go on for ever without hearing anything. */
export class BullmqEar {
  private connection: Redis;
  private listener: Worker;

  constructor(private readonly options: EarOptions) {
    this.connection = options.connect();
    this.listener = this.open();
  }

  async rebuild(): Promise<void> {
    const { connection, listener } = this;
    this.connection = this.options.connect();
    this.listener = this.open();
    await this.discard(listener, connection);
  }

  close(): Promise<void> {
    return this.discard(this.listener, this.connection);
  }

  private open(): Worker {
    const { queue, prefix, onJob, onError } = this.options;
    const listener = new Worker(queue, async (job) => onJob(job), {
      connection: this.connection,
      prefix,
      drainDelay: BLOCK_SECONDS,
      lockDuration: LOCK_MS,
      stalledInterval: LOCK_MS,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    listener.on('error', (error) => {
      if (!isAboutAJob(error)) onError(error);
    });
    return listener;
  }

  private async discard(listener: Worker, connection: Redis): Promise<void> {
    await inTime(listener.close(true), this.options.closeWithinMs).catch(() => undefined);
    connection.disconnect();
  }
}

/** A Redis that was wiped answers that it does not know the job any more: what it rang for was heard all the same. */
const isAboutAJob = (error: Error): boolean => 'code' in error && typeof error.code === 'number';
