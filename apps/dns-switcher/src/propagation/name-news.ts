import type { Instant, Json, NameNews, NameReport, NameRule } from '#libs/domain';

/** The leader takes them one by one; while there is none for long, only the latest are kept. */
const KEPT = 16;

/** What the leader is told because of a report, added to what it has not taken yet. Pure. */
export function withNews(before: NameReport | undefined, now: NameReport): NameReport {
  const untold = before?.news ?? [];
  return { ...now, news: [...untold, ...newsOf(before, now)].slice(-KEPT) };
}

function newsOf(before: NameReport | undefined, now: NameReport): NameNews[] {
  return [
    ...aboutSpreading(before, now),
    ...aboutDrift(before, now),
    ...aboutOwners(before, now),
    ...aboutResolvers(before, now),
  ];
}

function aboutSpreading(before: NameReport | undefined, now: NameReport): NameNews[] {
  const { state, waitsFor, until } = now;
  if (state === (before?.state ?? 'done')) return [];
  const seen = {
    servers: plain(now.servers),
    resolvers: plain(now.resolvers),
    oldTtlSeconds: now.oldTtlSeconds ?? null,
  };
  if (state === 'done') return [news(now, 'name-propagated', 'no compliant resolver has another answer', seen)];
  const when = until === undefined ? 'until when, cannot be said yet' : `until ${new Date(until).toISOString()}`;
  return [
    news(now, 'name-propagating', `old answers live ${when}: ${waitsFor.join('; ')}`, {
      ...seen,
      until: until ?? null,
    }),
  ];
}

function aboutDrift(before: NameReport | undefined, now: NameReport): NameNews[] {
  const [was, is] = [before?.drift, now.drift];
  if (was?.found === is?.found && was?.expected === is?.expected) return [];
  if (!is) return [news(now, 'name-drift-ended', 'it holds what was ordered again', plain(was))];
  const says = [`it holds ${is.found} instead of ${is.expected}`, ...is.hints].join('; ');
  return [news(now, 'name-drifted', says, plain(is))];
}

function aboutOwners(before: NameReport | undefined, now: NameReport): NameNews[] {
  const foreign = (report: NameReport | undefined) => (report?.owners ?? []).filter(({ isAdopted }) => !isAdopted);
  const known = new Set(foreign(before).map(({ name }) => name));
  const fresh = foreign(now).filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return [];
  const says = fresh.map(({ name, at }) => `${name} says so at ${at}`).join('; ');
  return [news(now, 'name-owned-by-another', says, plain(fresh))];
}

function aboutResolvers(before: NameReport | undefined, now: NameReport): NameNews[] {
  const ignoring = (report: NameReport | undefined) =>
    (report?.resolvers ?? []).filter(({ ignoresTtl }) => ignoresTtl === true).map(({ address }) => address);
  const fresh = ignoring(now).filter((address) => !ignoring(before).includes(address));
  if (fresh.length === 0) return [];
  return [news(now, 'resolver-ignores-ttl', `${fresh.join(', ')} gives an answer whose TTL is over`, plain(fresh))];
}

const news = ({ at }: { readonly at: Instant }, rule: NameRule, says: string, evidence: Json): NameNews => ({
  rule,
  at,
  says,
  evidence,
});

/** Without fields that are not there, as JSON has it. */
const plain = (value: unknown): Json => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json));
