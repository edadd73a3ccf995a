import type { GroupStatus, NameStatus } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import { duration, moment, table } from '../text.js';

/** Names that somebody may still get an old answer of, or that are in trouble; all of them when wanted. */
export const nameTable = (groups: readonly GroupStatus[], now: Instant, verbose: boolean): string => {
  const shown = groups.flatMap(({ names = [] }) => names).filter((name) => verbose || isRemarkable(name));
  if (shown.length === 0) return '';
  return table(
    ['NAME', 'SEEN FROM', 'STATE', 'OLD ANSWERS UNTIL', 'WHY'],
    shown.map((name) => [name.name, name.site, stateText(name), untilText(name, now), whyText(name)]),
  );
};

const isForeign = ({ owners }: NameStatus): boolean => owners.some(({ isAdopted }) => !isAdopted);
const ignoring = ({ resolvers }: NameStatus) => resolvers.filter(({ ignoresTtl }) => ignoresTtl === true);

const isRemarkable = (name: NameStatus): boolean =>
  name.state !== 'done' ||
  name.drift !== undefined ||
  name.problem !== undefined ||
  isForeign(name) ||
  ignoring(name).length > 0;

const stateText = (name: NameStatus): string => (name.drift ? 'CHANGED BY SOMEBODY ELSE' : name.state);

const untilText = ({ state, until }: NameStatus, now: Instant): string => {
  if (state === 'done') return '';
  if (until === undefined) return 'cannot be said yet';
  return `${moment(until)} (${until > now ? `${duration(until - now)} left` : 'over'})`;
};

const whyText = (name: NameStatus): string => {
  const { drift, problem, owners, waitsFor } = name;
  return [
    ...(drift ? [`holds ${drift.found} instead of ${drift.expected}`, ...drift.hints] : []),
    ...(problem === undefined ? [] : [problem]),
    ...owners.filter(({ isAdopted }) => !isAdopted).map((owner) => `${owner.name} says it is theirs, at ${owner.at}`),
    ...waitsFor,
    ...ignoring(name).map(({ address }) => `resolver ${address} ignores TTLs`),
  ].join('; ');
};
