import { largestJumpMs, type TimeSample } from '#libs/runtime';

/** The samples of this long are judged: 200 of them. */
export const FITNESS_WINDOW_MS = 20_000;

const CLOCK_JUMP_MAX_MS = 1_000;
/** One sample in a hundred may be late: a single long pause is the lease's business. */
const STALLS_TOLERATED = 2;

/**
 * Why this process should leave the lead to another one, or undefined: its machine was suspended, its clock was set, or it
 * is starved. Pure. It ends by itself when the window has passed in calm.
 */
export function unfitToLead(samples: readonly TimeSample[], lagMaxMs: number): string | undefined {
  const jumpMs = largestJumpMs(samples);
  if (Math.abs(jumpMs) > CLOCK_JUMP_MAX_MS) {
    return `its wall clock jumped by ${Math.round(jumpMs)} ms: the machine was suspended, or somebody set the clock`;
  }
  const stalls = samples.filter(({ lagMs }) => lagMs > lagMaxMs);
  if (stalls.length <= STALLS_TOLERATED) return undefined;
  const longestMs = Math.round(Math.max(...stalls.map(({ lagMs }) => lagMs)));
  return `its event loop stood still ${stalls.length} times in ${FITNESS_WINDOW_MS / 1_000} s, for up to ${longestMs} ms`;
}
