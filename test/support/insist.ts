import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { SystemClock } from '#libs/runtime';

/** A guard: an election takes a second or two. */
const ANSWERED_WITHIN_MS = 60_000;
const PAUSE_MS = 20;
const clock = new SystemClock();

/**
 * Asks again while nobody can answer, as during the election after a leader was killed or frozen. Only for reads and
 * for absolute changes: one whose outcome is unknown is made again.
 */
export async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const sinceMs = clock.monotonicMs();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const mayPass = error instanceof UnavailableError || error instanceof OutcomeUnknownError;
      if (!mayPass || clock.monotonicMs() - sinceMs > ANSWERED_WITHIN_MS) throw error;
    }
    await clock.sleep(PAUSE_MS);
  }
}
