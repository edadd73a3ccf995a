import type { Checkpoint } from '#libs/domain';

/** The last one of each of so many days stays; older ones are in the exports. */
const DAYS = 31;
const LATEST = 2;
const DAY_MS = 86_400_000;

/** Which of a site's checkpoints, oldest first, the journal need not keep: it does not grow with them. */
export function superfluous(checkpoints: readonly Checkpoint[]): readonly Checkpoint[] {
  const lastOfDay = new Map(checkpoints.map((each) => [dayOf(each), each]));
  const daily = [...lastOfDay.values()].slice(-DAYS);
  const kept = new Set([...daily, ...checkpoints.slice(-LATEST)]);
  return checkpoints.filter((each) => !kept.has(each));
}

const dayOf = ({ at }: Checkpoint): number => Math.floor(at / DAY_MS);
