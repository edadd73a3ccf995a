import { messageOf } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { LabError } from './lab-error.js';

const POLL_MS = 40;

/** The lab runs real processes, so its time is the machine's. */
export const clock = new SystemClock();

/** Repeats `attempt` until it does not throw; after `deadlineMs` throws what stood in the way last. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  attempt: () => Promise<T>,
  pollMs = POLL_MS,
): Promise<T> {
  const startedAt = clock.monotonicMs();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof LabError) throw error;
      if (clock.monotonicMs() - startedAt > deadlineMs) {
        throw new LabError(`${what}: not within ${deadlineMs} ms; last: ${messageOf(error)}`, { cause: error });
      }
    }
    await clock.sleep(pollMs);
  }
}
