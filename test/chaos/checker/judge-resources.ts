import type { AuditedRun, Entry } from './audit.js';
import type { Facts, Sample, SiteReturn, WriteAttempt } from './facts.js';

/** Two writes at one site that are no further apart show that it took writes all the while. */
const ALL_THE_WHILE_MS = 3_000;
/** A weak fence may let a stale write in; within this it is undone. The machine's own slowness comes on top. */
const REASSERTED_WITHIN_MS = 15_000;

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
      return [`the epoch of ${resource} went from ${before.epoch} down to ${sample.epoch}`];
    }),
  );

/** A weak resource may show a late write for a moment: that it is undone is judged where late writes are. */
const isLate = (staleWrites: Facts['staleWrites'], resource: string, at: number): boolean =>
  staleWrites.some(
    (write) =>
      write.fence === 'weak' &&
      write.answer === 'accepted' &&
      write.resource === resource &&
      at >= write.at &&
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
const bothDirections = ({ samples }: Facts): string[] => {
  const running = samples.filter(({ resource, value }) => resource.startsWith('mirror/') && value === 'running');
  return running.slice(1).flatMap((sample, index) => {
    const before = running[index];
    const isBoth = before?.at === sample.at && before.resource !== sample.resource;
    return isBoth ? [`${before.resource} and ${sample.resource} ran at the same time`] : [];
  });
};

/** What refuses, and what only puts right: by what became of writes that came too late. */
export const ofFences = ({ staleWrites, samples }: Facts): string[] =>
  staleWrites
    .filter(({ answer, epoch, inForce }) => answer === 'accepted' && epoch < inForce)
    .flatMap((write) => {
      const { resource, fence, epoch, inForce, against, at } = write;
      const what = `${resource} took a write of epoch ${epoch} (${against}) with epoch ${inForce} in force`;
      if (fence === 'strong') return [what];
      const mended = samples.some(
        (sample) =>
          sample.resource === resource &&
          sample.at >= at &&
          sample.at - at <= REASSERTED_WITHIN_MS &&
          sample.epoch >= inForce,
      );
      return mended ? [] : [`${what}, and nobody put it right within ${REASSERTED_WITHIN_MS} ms`];
    });

/** What clients could do. */
export const ofClients = ({ writes, returns, deliveries }: Facts): string[] => [
  ...bothWritable(writes, returns),
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
