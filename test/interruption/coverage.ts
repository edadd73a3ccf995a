import { canonicalJson } from '#libs/contracts';
import { resourceKey, type StepRecord } from '#libs/domain';
import type { Point } from './cuts.js';
import type { Ending } from './play.js';

/** The steps that a worker took, by what of them no point of the play is: then no cut hits it. */
export function missedIn({ points, steps }: Ending): readonly string[] {
  return steps.filter(({ takenBy }) => takenBy !== undefined).flatMap((step) => missedOf(step, points));
}

/** The steps that were asked for and that nobody took. */
export const untakenIn = ({ steps }: Ending): readonly string[] =>
  steps.filter(({ takenBy, status }) => takenBy === undefined && status !== 'planned').map(({ name }) => name);

function missedOf(step: StepRecord, points: readonly Point[]): readonly string[] {
  const has = (status: StepRecord['status']) => points.some((point) => putsStep(point, step.name, status));
  const missed = [
    !has('open') && 'its intent',
    !has('taken') && 'its taking',
    !has(step.status) && 'its result',
    step.action !== 'inspect' && !points.some((point) => isEffect(point, step)) && 'its effect',
  ];
  return missed.filter((what) => what !== false).map((what) => `${step.name}: ${what}`);
}

function putsStep(point: Point, name: string, status: StepRecord['status']): boolean {
  if (point.kind !== 'commit') return false;
  return point.transaction.changes.some(
    (change) =>
      change.kind === 'put' &&
      change.key.endsWith(`/steps/${name}`) &&
      (JSON.parse(change.value) as StepRecord).status === status,
  );
}

function isEffect(point: Point, { resource, action, desired }: StepRecord): boolean {
  if (point.kind !== 'write' || point.resource !== resourceKey(resource)) return false;
  return canonicalJson(point.next) === canonicalJson(action === 'seal' ? point.seen : desired);
}
