import type { Clock } from '#libs/runtime';

/** After an error, before it is asked again where the service is. */
const PAUSE_MS = 100;

/** Where the service is, and when to ask again. */
export interface Whereabouts {
  readonly address: string;
  readonly ttlMs: number;
}

/** A session at one address: ends when `leave` aborts, or throws when something went wrong. */
export type Session = (address: string, leave: AbortSignal) => Promise<void>;

/** Opens one session after the other, always where the service is, until `stop` aborts. */
export async function follow(
  ask: () => Promise<Whereabouts>,
  clock: Clock,
  stop: AbortSignal,
  session: Session,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await stay(ask, clock, stop, session);
    } catch {
      // Whatever went wrong, the answer is the same: ask again where the service is.
      await clock.sleep(PAUSE_MS, stop);
    }
  }
}

/** One session, for as long as the service is there. Without an answer it stays where it is. */
async function stay(ask: () => Promise<Whereabouts>, clock: Clock, stop: AbortSignal, session: Session): Promise<void> {
  const { address, ttlMs } = await ask();
  const moved = new AbortController();
  const stopAsking = clock.every(ttlMs, async () => {
    const now = await ask().catch(() => undefined);
    if (now && now.address !== address) moved.abort();
  });
  try {
    await session(address, AbortSignal.any([stop, moved.signal]));
  } finally {
    stopAsking();
  }
}
