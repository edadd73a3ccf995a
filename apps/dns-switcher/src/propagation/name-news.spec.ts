import { describe, expect, it } from '@jest/globals';
import { groupId, instant, processId, siteId, type NameReport } from '#libs/domain';
import { withNews } from './name-news.js';

const DONE: NameReport = {
  name: 'kafka.example.com',
  group: groupId('orders'),
  site: siteId('b'),
  by: processId('dns-switcher@b'),
  at: instant(1_000),
  state: 'done',
  waitsFor: [],
  servers: [],
  resolvers: [],
  owners: [],
  news: [],
};
const told = (before: Partial<NameReport> | undefined, now: Partial<NameReport>) =>
  withNews(before && { ...DONE, ...before }, { ...DONE, ...now }).news.map(({ rule, says }) => [rule, says]);
const drift = { expected: 'A', found: 'B', since: instant(1), hints: ['serial 7'] };
const foreign = { name: 'external-dns/x', at: 'a-kafka.example.com', isAdopted: false };
const deaf = { address: '10.0.0.53:53', gives: 'old' as const, ignoresTtl: true };

describe('what the leader is told of a name', () => {
  it('is nothing while nothing happens, and nothing of a name that was never seen and is well', () => {
    expect(told({}, {})).toEqual([]);
    expect(told(undefined, {})).toEqual([]);
    expect(
      told({ drift, owners: [foreign], resolvers: [deaf] }, { drift, owners: [foreign], resolvers: [deaf] }),
    ).toEqual([]);
  });

  it('is when it begins to spread, and when it has', () => {
    const spreading = { state: 'propagating', until: instant(5_000), waitsFor: ['old answers'] } as const;
    expect(told({}, spreading)).toEqual([
      ['name-propagating', 'old answers live until 1970-01-01T00:00:05.000Z: old answers'],
    ]);
    expect(told(spreading, {})).toEqual([['name-propagated', 'no compliant resolver has another answer']]);
  });

  it('is when somebody changed it, again when it is changed to something else, and when that is over', () => {
    expect(told({}, { drift })).toEqual([['name-drifted', 'it holds B instead of A; serial 7']]);
    expect(told({ drift }, { drift: { ...drift, found: 'C' } })).toHaveLength(1);
    expect(told({ drift }, {})).toEqual([['name-drift-ended', 'it holds what was ordered again']]);
  });

  it('is who else owns it, unless that was adopted', () => {
    expect(told({}, { owners: [foreign] })).toEqual([
      ['name-owned-by-another', 'external-dns/x says so at a-kafka.example.com'],
    ]);
    expect(told({}, { owners: [{ ...foreign, isAdopted: true }] })).toEqual([]);
  });

  it('is which resolver ignores TTLs', () => {
    expect(told({}, { resolvers: [deaf] })[0]?.[0]).toBe('resolver-ignores-ttl');
  });

  it('waits for the leader, and is not without end', () => {
    let report = DONE;
    for (let turn = 0; turn < 40; turn += 1) report = withNews(report, { ...DONE, ...(turn % 2 === 0 && { drift }) });
    expect(report.news).toHaveLength(16);
    expect(report.news.at(-1)?.rule).toBe('name-drift-ended');
  });
});
