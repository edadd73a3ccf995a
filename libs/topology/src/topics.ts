/** Topic patterns are literal names, or prefixes with a final `*`. */
const prefixOf = (pattern: string): string | undefined => (pattern.endsWith('*') ? pattern.slice(0, -1) : undefined);

/** Whether everything `inner` matches is matched by `outer` too. */
export function covers(outer: string, inner: string): boolean {
  const prefix = prefixOf(outer);
  if (prefix === undefined) return outer === inner;
  return (prefixOf(inner) ?? inner).startsWith(prefix);
}

/** Whether some topic can match both. */
export function overlaps(one: string, other: string): boolean {
  return covers(one, other) || covers(other, one);
}

export const matchesTopic = (patterns: readonly string[], topic: string): boolean =>
  patterns.some((pattern) => covers(pattern, topic));

export const coversAll = (outer: readonly string[], inner: readonly string[]): boolean =>
  inner.every((pattern) => outer.some((candidate) => covers(candidate, pattern)));

export const overlapOf = (one: readonly string[], other: readonly string[]): string | undefined =>
  one.find((pattern) => other.some((candidate) => overlaps(pattern, candidate)));

/** What MirrorMaker leaves out by default, and the topics in which Signalbox speaks of one cluster. */
export const TOPICS_EXCLUDED: readonly string[] = ['mm2.*\\.internal', '.*\\.replica', '__.*', 'signalbox\\..*'];

/** Its replication policies leave out these as well, whatever is configured. */
const INTERNAL = ['\\..*', '.*[.-]internal'];
const LEFT_OUT = new RegExp(`^(${[...TOPICS_EXCLUDED, ...INTERNAL].join('|')})$`);

/** Whether no flow copies a topic, because of its name alone. */
export const isLeftOut = (topic: string): boolean => LEFT_OUT.test(topic);
