import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';

/** Stops waiting for `answer` when `signal` aborts; what was asked for may still happen. @throws UnavailableError */
export function answerWithin<T>(signal: AbortSignal, what: string, answer: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const giveUp = () => reject(new UnavailableError(`${what} did not answer in time.`));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp, { once: true });
  void answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  return promise;
}

/** Runs `work` under a signal that aborts after `ms`, or with `outer`. */
export async function inTime<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const [late, done] = [new AbortController(), new AbortController()];
  void clock.sleep(ms, done.signal).then(() => late.abort());
  try {
    return await work(outer ? AbortSignal.any([outer, late.signal]) : late.signal);
  } finally {
    done.abort();
  }
}
