import type { AuditedRun, Entry } from './audit.js';
import type { Facts, Sample, SiteReturn, StaleWrite, WriteAttempt } from './facts.js';

/** Two writes at one site that are no further apart show that it took writes all the while. */
const ALL_THE_WHILE_MS = 3_000;
/** A weak fence may let a stale write in, and within 5 s it is undone; a machine that is busy takes its time for it. */
const REASSERTED_WITHIN_MS = 60_000;
/** For the write itself, before it is told of. */
const WRITTEN_WITHIN_MS = 5_000;
/** A look that had begun before the write may end after it. */
const LOOK_MS = 1_000;
/** Not seen for this long, Connect was down: looks at it are a fraction of a second apart. */
const DOWN_MS = 5_000;
/** A worker that has just started has caught up by then. */
const CAUGHT_UP_WITHIN_MS = 10_000;

/** What the samples of the resources show over time. */
export const ofResources = (facts: Facts, entries: readonly Entry[], runs: readonly AuditedRun[]): string[] => [
  ...epochsFell(facts),
  ...withoutIntent(facts, entries, runs),
  ...bothDirections(facts),
];

const epochsFell = ({ samples, staleWrites }: Facts): string[] =>
  byResource(samples).flatMap(([resource, seen]) =>
    seen.slice(1).flatMap((sample, index) => {
      const before = seen[index];
      if (!before || sample.epoch >= before.epoch || isLate(staleWrites, resource, sample.at)) return [];
      if (isCatchingUp(before, seen.slice(index + 1))) return [];
      return [`the epoch of ${resource} went from ${before.epoch} down to ${sample.epoch}`];
    }),
  );

/**
 * A Connect worker that starts answers from the configuration as it was, until it is "catching up to assignment's config
 * offset", as its log says. Only this moment is excused: right after an absence, and over within seconds.
 */
const isCatchingUp = (before: Sample, [first, ...later]: readonly Sample[]): boolean =>
  first !== undefined &&
  first.resource.startsWith('mirror/') &&
  first.at - before.at >= DOWN_MS &&
  later.some(({ epoch, at }) => epoch >= before.epoch && at - first.at <= CAUGHT_UP_WITHIN_MS);

/** A weak resource may show a late write for a moment: that it is undone is judged where late writes are. */
const isLate = (staleWrites: Facts['staleWrites'], resource: string, at: number): boolean =>
  staleWrites.some(
    (write) =>
      write.fence === 'weak' &&
      write.answer === 'accepted' &&
      write.resource === resource &&
      at >= write.at - WRITTEN_WITHIN_MS &&
      at - write.at <= REASSERTED_WITHIN_MS,
  );

/** Whatever a resource carries was announced in the audit before, and a value only changes under a run that names it. */
const withoutIntent = ({ samples }: Facts, entries: readonly Entry[], runs: readonly AuditedRun[]): string[] => {
  const begun = new Map(runs.flatMap(({ epochs }) => epochs).map((epoch) => [epoch, beginningOf(epoch, entries)]));
  return byResource(samples).flatMap(([resource, seen]) => {
    const news = seen.filter(({ epoch }, index) => epoch !== 0 && epoch !== seen[index - 1]?.epoch);
    return news.flatMap(({ epoch, at }) => {
      const since = begun.get(epoch);
      if (since === undefined) return [`${resource} carries epoch ${epoch}, which no run had`];
      return since <= at ? [] : [`${resource} carried epoch ${epoch} ${since - at} ms before it was begun`];
    });
  });
};

const beginningOf = (epoch: number, entries: readonly Entry[]): number =>
  entries.find((entry) => entry.epoch === epoch)?.at ?? Infinity;

/** Samples of `mirror/…` that were taken together carry the same time. */
const bothDirections = ({ samples, staleWrites }: Facts): string[] => {
  const running = samples.filter(({ resource, value }) => resource.startsWith('mirror/') && value === 'running');
  return running.slice(1).flatMap((sample, index) => {
    const before = running[index];
    const isBoth = before?.at === sample.at && before.resource !== sample.resource;
    const isKnownLate = [before, sample].some((each) => each && isLate(staleWrites, each.resource, each.at));
    return isBoth && !isKnownLate ? [`${before.resource} and ${sample.resource} ran at the same time`] : [];
  });
};

/** What refuses, and what only puts right: by what became of writes that came too late. */
export const ofFences = ({ staleWrites, samples, until }: Facts): string[] =>
  staleWrites
    .filter(({ answer, epoch, inForce }) => answer === 'accepted' && epoch < inForce)
    .flatMap((write) => {
      const { resource, fence, epoch, inForce, against, at } = write;
      const what = `${resource} took a write of epoch ${epoch} (${against}) with epoch ${inForce} in force`;
      if (fence === 'strong') return [what];
      const isPending = until - at <= REASSERTED_WITHIN_MS;
      return isPending || reassertedAfter(write, samples) !== undefined
        ? []
        : [`${what}, and nobody put it right within ${REASSERTED_WITHIN_MS} ms`];
    });

/** How long it took until the resource carried the epoch in force again, in ms; undefined when it did not. */
export const reassertedAfter = (
  { resource, at, inForce }: StaleWrite,
  samples: readonly Sample[],
): number | undefined => {
  const mended = samples.find(
    (sample) => sample.resource === resource && sample.at >= at + LOOK_MS && sample.epoch >= inForce,
  );
  const tookMs = mended && mended.at - at;
  return tookMs !== undefined && tookMs <= REASSERTED_WITHIN_MS ? tookMs : undefined;
};

/** What clients could do. */
export const ofClients = ({ writes, returns, deliveries, staleWrites, samples }: Facts): string[] => [
  ...bothWritable(writes, [...returns, ...openedLate(staleWrites, samples)]),
  ...deliveries
    .filter(({ missing }) => missing.length > 0)
    .map(({ site, acknowledged, missing }) => {
      const some = missing.slice(0, 3).join(', ');
      return `of ${acknowledged} acknowledged records ${missing.length} are not at ${site}, which is active: ${some}`;
    }),
];

/** A site took a write between two writes of the other one: for that moment both were open. */
const bothWritable = (writes: readonly WriteAttempt[], returns: readonly SiteReturn[]): string[] => {
  const accepted = writes.filter((write) => write.answer === 'accepted' && !isKnown(write, returns));
  const sites = [...new Set(accepted.map(({ site }) => site))];
  return sites.flatMap((site) => {
    const here = accepted.filter((write) => write.site === site);
    const between = accepted.filter((write) => write.site !== site && isBetween(write, here));
    const [first] = between;
    if (!first) return [];
    const also = `${between.length} writes, the first at ${new Date(first.sentAt).toISOString()}`;
    return [`both sites took writes: ${first.site} did while ${site} went on taking them (${also})`];
  });
};

/** A late write may have opened a site, until its guard put that right. */
const openedLate = (staleWrites: readonly StaleWrite[], samples: readonly Sample[]): SiteReturn[] =>
  staleWrites
    .filter(({ answer, resource }) => answer === 'accepted' && resource.startsWith('write-access/'))
    .map((write) => ({
      site: write.resource.replace('write-access/', ''),
      from: write.at - WRITTEN_WITHIN_MS,
      until: write.at + (reassertedAfter(write, samples) ?? 0),
    }));

const isBetween = (write: WriteAttempt, here: readonly WriteAttempt[]): boolean => {
  const before = here.findLast(({ answeredAt }) => answeredAt < write.sentAt);
  const after = here.find(({ sentAt }) => sentAt > write.answeredAt);
  return before !== undefined && after !== undefined && after.sentAt - before.answeredAt <= ALL_THE_WHILE_MS;
};

const isKnown = (write: WriteAttempt, returns: readonly SiteReturn[]): boolean =>
  returns.some(({ site, from, until }) => write.site === site && write.answeredAt >= from && write.sentAt <= until);

const byResource = (samples: readonly Sample[]): readonly (readonly [string, readonly Sample[]])[] => [
  ...Map.groupBy(samples, ({ resource }) => resource),
];
