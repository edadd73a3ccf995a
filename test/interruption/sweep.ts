import { canonicalJson } from '#libs/contracts';
import { messageOf, resourceKey, type Run, type StepRecord } from '#libs/domain';
import { OUTCOMES, type Cut, type Outcome, type Point } from './cuts.js';
import { play, type Ending, type Picture, type ResourcePicture } from './play.js';
import type { Scenario } from './plans.js';

/** Every way to cut one plan once, and what came of it. */
export interface Sweep {
  readonly scenario: Scenario;
  readonly uncut: Ending;
  /** By outcome, how many plays were cut so. */
  readonly played: Readonly<Record<Outcome, number>>;
  /** A sentence for each play that did not end as the uncut one. */
  readonly failures: readonly string[];
}

/**
 * Cuts a plan at every one of its commits and writes, with every outcome that the point can have. `whole`: also what a
 * plan that is taken back has in common with one that is carried out.
 */
export async function sweep(scenario: Scenario, { whole = false } = {}): Promise<Sweep> {
  const uncut = await play(scenario);
  const played = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  const failures: string[] = [];
  const takenBackAt = uncut.points.findIndex(beginsCompensation);
  for (const [at, point] of uncut.points.entries()) {
    for (const outcome of outcomesOf(point, !whole && at < takenBackAt)) {
      played[outcome] += 1;
      const wrongs = await judged(scenario, uncut, [{ at, outcome }]);
      if (wrongs.length > 0) failures.push(told(scenario, uncut, [{ at, outcome }], wrongs));
    }
  }
  return { scenario, uncut, played, failures };
}

/** What is wrong with a play, in words. */
export async function judged(scenario: Scenario, uncut: Ending, cuts: readonly Cut[]): Promise<readonly string[]> {
  try {
    const ending = await play(scenario, cuts);
    return [...ending.wrongs, ...differencesBetween(uncut, ending)];
  } catch (error) {
    return [messageOf(error)];
  }
}

/**
 * A commit that arrives late is refused like one that was not done; it is the resources that have to refuse by themselves.
 * Until a plan is taken back it is the same as when it is carried out, and cut there in all ways.
 */
function outcomesOf({ kind }: Point, isYetToBeTakenBack: boolean): readonly Outcome[] {
  if (isYetToBeTakenBack) return kind === 'write' ? ['done', 'late'] : ['not-done'];
  return kind === 'write' ? OUTCOMES : OUTCOMES.filter((outcome) => !outcome.endsWith('late'));
}

const beginsCompensation = (point: Point): boolean =>
  point.kind === 'commit' &&
  point.transaction.changes.some(
    (change) =>
      change.kind === 'put' &&
      change.key.endsWith('/run') &&
      (JSON.parse(change.value) as Run).phase === 'compensating',
  );

/**
 * What ended in another way. A step of a site that was lost when the run was decided is asked and not waited for: whether
 * its worker, there again, was in time for that is left open.
 */
export function differencesBetween(uncut: Ending, { picture, steps }: Ending): string[] {
  const hasty = steps.filter(({ deadlineMs }) => deadlineMs === 0);
  const wanted = without(uncut.picture, hasty);
  const { resources, ...rest } = without(picture, hasty);
  const others = (Object.keys(rest) as (keyof typeof rest)[])
    .filter((part) => canonicalJson(rest[part]) !== canonicalJson(wanted[part]))
    .map((part) => `${part}: ${canonicalJson(rest[part])} instead of ${canonicalJson(wanted[part])}`);
  const changed = Object.entries(resources)
    .filter(([key, value]) => !isAsGood(value, wanted.resources[key]))
    .map(([key, value]) => `${key}: ${shown(value)} instead of ${shown(wanted.resources[key])}`);
  return [...others, ...changed];
}

function without({ exceptions, resources, ...picture }: Picture, steps: readonly StepRecord[]): Picture {
  const names = steps.map(({ name }) => name);
  const touched = steps.map(({ resource }) => resourceKey(resource));
  return {
    ...picture,
    exceptions: exceptions.filter((name) => !names.includes(name)),
    resources: Object.fromEntries(
      Object.entries(resources).map(([key, { went, stamp }]) => [
        key,
        { went, stamp: touched.includes(key) ? 'any' : stamp },
      ]),
    ),
  };
}

/** It went the same way, and took no step twice; what was taken back sooner did not go all of it. */
function isAsGood({ went, stamp }: ResourcePicture, wanted: ResourcePicture | undefined): boolean {
  if (!wanted || stamp !== wanted.stamp || went.at(-1) !== wanted.went.at(-1)) return false;
  let from = 0;
  return went.every((value) => {
    from = wanted.went.indexOf(value, from) + 1;
    return from > 0;
  });
}

const shown = (picture: ResourcePicture | undefined): string =>
  picture ? `${picture.went.join(' → ')} (epoch: ${picture.stamp})` : 'nothing';

/** Names all that is needed to play it again alone. */
export const told = (
  { name }: Scenario,
  { points }: Ending,
  cuts: readonly Cut[],
  wrongs: readonly string[],
): string => {
  const where = cuts.map(({ at, outcome }) => `${at}:${outcome}`).join(' ');
  const what = cuts.map(({ at }) => describePoint(points[at])).join(', then ');
  return `"${name}" ${where} (${what}): ${wrongs.join('; ')}. Alone: node dist/test/interruption/main.js '${name}' ${where}`;
};

/** In the words of whoever reads a failure. */
export function describePoint(point: Point | undefined): string {
  if (!point) return 'a point of the recovery';
  if (point.kind === 'write') return `${point.by} writes ${point.resource}`;
  const keys = point.transaction.changes.map(({ kind, key }) => `${kind} ${key.split('/').slice(-2).join('/')}`);
  return `${point.by} commits ${keys.join(', ')}`;
}
