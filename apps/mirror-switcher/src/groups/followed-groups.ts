import type { Flow } from '#libs/topology';

/** MirrorMaker 2's own: groups of tools and of Connect. */
const EXCLUDED_BY_DEFAULT = 'console-consumer-.*,connect-.*,__.*';
/** Signalbox speaks of one cluster alone, and has no place to go on from at another. */
const OURS = 'signalbox\\..*';

/**
 * Which groups a flow's checkpoint connector follows: what it leaves out on purpose needs no place at the target. `groups`
 * and `groups.exclude` are lists of regular expressions, of whole names.
 */
export function isFollowedBy({ settings }: Flow['driver']): (group: string) => boolean {
  const follows = anyOf(String(settings['groups'] ?? '.*'), true);
  const excludes = anyOf(String(settings['groups.exclude'] ?? EXCLUDED_BY_DEFAULT), false);
  const isOurs = anyOf(OURS, false);
  return (group) => follows(group) && !excludes(group) && !isOurs(group);
}

/** `otherwise`: of a pattern that only Java understands. A group too many does no harm, one too few would skip records. */
const anyOf = (list: string, otherwise: boolean) => {
  const patterns = list
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map((pattern) => matcherOf(pattern, otherwise));
  return (group: string): boolean => patterns.some((matches) => matches(group));
};

function matcherOf(pattern: string, otherwise: boolean): (group: string) => boolean {
  try {
    const expression = new RegExp(`^(?:${pattern})$`);
    return (group) => expression.test(group);
  } catch {
    return () => otherwise;
  }
}
