const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;
/** A receiver may ask for more than our longest pause, but not for days. */
const LONGEST_WISH_MS = 3_600_000;

/**
 * How long a channel rests after so many failures in a row: twice as long each time, spread over the upper half so that
 * channels that failed together do not come back together. `fraction` is random in [0, 1).
 */
export function backoffMs(failures: number, fraction: number, wishMs = 0): number {
  const ceilingMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(ceilingMs * (0.5 + 0.5 * fraction), Math.min(wishMs, LONGEST_WISH_MS));
}
