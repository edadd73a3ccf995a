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
  readonly hunt?: string | undefined;
  /** Lives it twice, and compares. */
  readonly isSample: boolean;
}

/**
 * A life ends with loops that wait for a signal that never comes, and Node keeps a composite signal for as long as
 * somebody listens to it: some 2 MB a life, which only the end of its thread gives back.
 */
const LIVES_OF_A_THREAD = 100;

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
    let worker = newWorker();
    let lived = 0;
    for (const errand of left) {
      lived += 1;
      const life = await lifeOf(worker, errand);
      if (!onLife(life)) isOver = true;
      if (isOver) break;
      // What threw is not to be trusted with the next one.
      const hasThrown = life.violations.some(({ invariant }) => invariant === THROWN);
      if (!hasThrown && lived < LIVES_OF_A_THREAD) continue;
      worker = await replaced(worker);
      lived = 0;
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(workers, errands.length)) }, work));
}

const newWorker = (): Worker => new Worker(new URL('./lives.js', import.meta.url));

async function replaced(worker: Worker): Promise<Worker> {
  await worker.terminate();
  return newWorker();
}

/** A life that ended with an error that nobody caught: the process would have died of it. */
const lifeOf = (worker: Worker, errand: Errand): Promise<Life> =>
  new Promise((resolve) => {
    const hear = (life: Life) => {
      worker.off('error', fail);
      resolve(life);
    };
    const fail = (error: Error) => {
      worker.off('message', hear);
      resolve(thrown(errand.seed, error));
    };
    worker.once('message', hear);
    worker.once('error', fail);
    worker.postMessage(errand);
  });

const THROWN = 'nothing-is-thrown';

const thrown = (seed: number, { message }: Error): Life => ({
  seed,
  violations: [{ invariant: THROWN, atMs: 0, says: message }],
  worldMs: 0,
  livedMs: 0,
  events: 0,
  runs: {},
  faults: [],
  hash: '',
  transcript: [],
  cpuMs: 0,
});
