import type { Schedule } from './faults/schedule.js';
import { play, type Played } from './play.js';

/** More attempts than this take longer than reading what is left. */
const ATTEMPTS = 80;

export interface Shrunk {
  readonly schedule: Schedule;
  readonly played: Played;
}

/** Leaves out whatever is not needed for the same invariant to be violated: halves first, then one fault after the other. */
export async function shrink(schedule: Schedule, invariant: string): Promise<Shrunk | undefined> {
  let best = await violates(schedule, invariant);
  if (!best) return undefined;
  let attempts = 0;
  for (let size = Math.ceil(schedule.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.schedule.faults.length && attempts < ATTEMPTS; attempts++) {
      const { faults }: Schedule = best.schedule;
      const fewer = faults.filter((_, index) => index < from || index >= from + size);
      const without = await violates({ ...best.schedule, faults: fewer }, invariant);
      if (without) best = without;
      else from += size;
    }
  }
  return best;
}

async function violates(schedule: Schedule, invariant: string): Promise<Shrunk | undefined> {
  const played = await play(schedule);
  return played.violations.some((violation) => violation.invariant === invariant) ? { schedule, played } : undefined;
}
