import { Worker } from 'node:worker_threads';
import type { Played } from './play.js';

/** What one life came to, without the thousands of lines that only a violation is worth. */
export type Life = Played & {
  /** Whether a second life of the same seed went the same way; absent when there was none. */
  readonly isRepeatable?: boolean;
  readonly cpuMs: number;
};

export interface Errand {
  readonly seed: number;
  readonly hours: number;
  /** Lives it twice, and compares. */
  readonly isSample: boolean;
}

/**
 * Lives through every errand, so many at once, each in a thread that knows nothing of the others; `onLife` may end it
 * early by returning false.
 */
export async function sendOut(
  errands: readonly Errand[],
  workers: number,
  onLife: (life: Life) => boolean,
): Promise<void> {
  const left = errands.values();
  let isOver = false;
  const work = async () => {
    const worker = new Worker(new URL('./lives.js', import.meta.url));
    try {
      for (const errand of left) {
        if (isOver) return;
        if (!onLife(await lifeOf(worker, errand))) isOver = true;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, errands.length)) }, work));
}

const lifeOf = (worker: Worker, errand: Errand): Promise<Life> =>
  new Promise((resolve, reject) => {
    const hear = (life: Life) => {
      worker.off('error', reject);
      resolve(life);
    };
    worker.once('message', hear);
    worker.once('error', reject);
    worker.postMessage(errand);
  });
