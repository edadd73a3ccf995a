import type { Clock } from '#libs/runtime';

/** For work that goes on after its limit, against the rules of its port. */
const GRACE_MS = 1_000;

/**
 * Gives `work` a signal that aborts after `ms`, or with `superseded`, and goes on without it soon after. Undefined when
 * it had not ended by then.
 */
export async function within<T>(
  clock: Clock,
  ms: number,
  superseded: AbortSignal,
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const finished = new AbortController();
  const deadline = new AbortController();
  void clock.sleep(ms, finished.signal).then(() => deadline.abort());
  const limit = AbortSignal.any([deadline.signal, superseded]);
  try {
    const giveUp = aborted(limit).then(() => clock.sleep(GRACE_MS, finished.signal));
    return await Promise.race([work(limit), giveUp.then(() => undefined)]);
  } finally {
    finished.abort();
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
