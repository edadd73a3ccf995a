import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  epoch,
  groupId,
  processId,
  runId,
  siteId,
  type AddressTarget,
  type NameReport,
  type ResourceOrder,
} from '#libs/domain';
import { OrderLedger } from '#libs/jobs';
import { InMemoryJournal, keys } from '#libs/journal';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { FREE_NAMES } from '../../../../test/support/bind.js';
import { DnsLab, put } from '../../../../test/support/dns-lab.js';
import { oldAnswersOf } from '../../../../test/support/old-answers.js';
import { seenAt } from '../seen-at.js';
import { NameResolution } from './name-resolution.js';
import { NameReports } from './name-reports.js';
import { NameWatch } from './name-watch.js';
import type { WatchedName } from './watched-name.js';

const SOON_MS = 60_000;
/** In the promise that drift is told. */
const DRIFT_MS = 30_000;
const [b, orders] = [siteId('b'), groupId('orders')];
const soon = () => AbortSignal.timeout(SOON_MS);
const OWNER = 'heritage=external-dns,external-dns/owner=cluster-1,external-dns/resource=service/kafka/orders';

/** As at a provider whose requests are few: its servers are looked at instead. */
const countingReads = (name: WatchedName, countsReads: boolean): WatchedName => ({
  ...name,
  provider: Object.assign(Object.create(name.provider) as WatchedName['provider'], { countsReads }),
});

describe('a name on its way to clients', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-proof-'));
  let lab: DnsLab;
  let journal: InMemoryJournal;
  let watch: NameWatch | undefined;
  /** With a cache of its own, so that no test meets the answers of another one. */
  let count = 0;
  const freshName = () => `proof-${(count += 1)}.${FREE_NAMES}`;

  beforeAll(async () => {
    lab = await DnsLab.start(directory);
  });

  afterEach(() => watch?.stop());

  afterAll(async () => {
    await lab?.end();
    rmSync(directory, { recursive: true });
  });

  function follow(...names: readonly WatchedName[]): void {
    const { clock } = lab;
    journal = new InMemoryJournal(clock);
    const readiness = new ProcessReadiness(new InMemoryLog(), clock);
    const ports = { clock, readiness, reports: new NameReports(journal, b), orders: new OrderLedger(journal) };
    watch = new NameWatch(names, ports, { site: b, process: processId('dns-switcher@b'), lookTimeoutMs: 5_000 });
    watch.start();
  }

  async function reported(
    name: string,
    isSo: (report: NameReport) => boolean,
    withinMs = SOON_MS,
  ): Promise<NameReport> {
    const sinceMs = lab.clock.monotonicMs();
    for (;;) {
      const [entry] = (await journal.read(keys.nameReport(orders, name, b))).entries;
      const report = entry && (JSON.parse(entry.value) as NameReport);
      if (report && isSo(report)) return report;
      if (lab.clock.monotonicMs() - sinceMs > withinMs) throw new Error(`not within ${withinMs} ms: ${entry?.value}`);
      await lab.clock.sleep(50);
    }
  }

  /** What the report of a done step leaves in the journal. */
  async function ordered(name: string, value: AddressTarget, under: number): Promise<void> {
    const resource = { kind: 'name', name } as const;
    const order: ResourceOrder = {
      resource,
      group: orders,
      value: { addresses: [...value.addresses], ttlSeconds: value.ttlSeconds },
      epoch: epoch(under),
      run: runId('run-1'),
      step: `redirect-${name}`,
      worker: 'dns-switcher',
      runsAt: b,
    };
    const change = { kind: 'put', key: keys.order('dns-switcher', resource), value: JSON.stringify(order) } as const;
    await journal.commit({ conditions: [], changes: [change] });
  }

  it('has a horizon that the step says, that is not before the last old answer', async () => {
    const name = lab.name(freshName());
    await put(name, { addresses: ['192.0.2.10'], ttlSeconds: 2 });
    const switched = await oldAnswersOf(lab, name, { addresses: ['192.0.2.20'], ttlSeconds: 1 });
    expect(switched.earlyMs).toBeLessThanOrEqual(0);
    const resolvers = { [lab.resolver.address]: { gives: 'old' } };
    expect(switched.said).toMatchObject({ state: 'propagating', resolvers });
    expect(Object.keys(switched.said.serials)).toHaveLength(2);
  });

  it('is propagating until then and done after, by its own record in the journal', async () => {
    const name = lab.name(freshName());
    await put(name, { addresses: ['192.0.2.1'], ttlSeconds: 2 });
    follow(name);
    await lab.ask(name.tracker.name);
    await put(name, { addresses: ['192.0.2.2'], ttlSeconds: 2 });
    const during = await reported(
      name.tracker.name,
      ({ state, until }) => state === 'propagating' && until !== undefined,
    );
    const done = await reported(name.tracker.name, ({ state }) => state === 'done');
    expect(done.at).toBeGreaterThanOrEqual(during.until!);
    expect(done.news.map(({ rule }) => rule)).toEqual(['name-propagating', 'name-propagated']);
    expect(done.servers.map(({ gives }) => gives)).toEqual(['new', 'new']);
    expect(done.resolvers).toMatchObject([{ address: lab.resolver.address, gives: 'new' }]);
  });

  it.each([false, true])(
    'is told to have drifted within 30 s, by whom, and when that is over; reads counted: %s',
    async (countsReads) => {
      const name = countingReads(lab.name(freshName()), countsReads);
      const ours: AddressTarget = { addresses: ['192.0.2.1'], ttlSeconds: 1 };
      await put(name, ours);
      follow(name);
      const [seen] = await seenAt(lab.primary, [name.tracker.name], soon());
      await ordered(name.tracker.name, ours, seen!.stamp.epoch);
      await reported(name.tracker.name, ({ state }) => state === 'done');

      const theirs = { name: name.tracker.name, type: 'A', values: ['192.0.2.66'], ttlSeconds: 60 } as const;
      const owner = { name: `a-${name.tracker.name}`, type: 'TXT', values: [OWNER], ttlSeconds: 60 } as const;
      const update = { zone: 'lab.example', absent: [] };
      await lab.primary.update({ ...update, remove: seen!.sets, create: [theirs, owner] }, soon());
      const { drift, news } = await reported(name.tracker.name, (report) => report.drift !== undefined, DRIFT_MS);
      expect(drift?.expected).toMatch(/^192\.0\.2\.1 \(TTL 1 s\) under epoch/);
      expect(drift?.found).toMatch(/^192\.0\.2\.66 \(TTL 60 s\) under epoch/);
      expect(drift?.hints.join()).toContain('external-dns/cluster-1 says at a-proof-');
      expect(news.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['name-drifted', 'name-owned-by-another']));

      await lab.primary.update({ ...update, remove: [theirs], create: [...seen!.sets] }, soon());
      const back = await reported(name.tracker.name, (report) => report.drift === undefined);
      expect(back.news.map(({ rule }) => rule)).toContain('name-drift-ended');
    },
  );

  it('is waited for by a planned move that lowered its TTL, by whoever has not seen the change, too', async () => {
    const free = freshName();
    const long: AddressTarget = { addresses: ['192.0.2.1'], ttlSeconds: 3 };
    const short: AddressTarget = { ...long, ttlSeconds: 1 };
    await put(lab.name(free), long);
    await lab.ask(free);
    await put(lab.name(free), short);
    const sinceMs = lab.clock.monotonicMs();
    const resolution = new NameResolution(lab.name(free, { ttlSeconds: long.ttlSeconds }), lab.clock);
    expect(await resolution.verify(long, AbortSignal.timeout(1_500))).toMatchObject({ holds: false });
    const { holds, observed } = await resolution.verify(short, lab.soon());
    expect([holds, lab.clock.monotonicMs() - sinceMs > 3_000]).toEqual([true, true]);
    expect(observed).toMatchObject({ state: 'done', resolvers: { [lab.resolver.address]: 'new' } });
  });

  it('names a resolver that keeps an answer for longer than its TTL', async () => {
    const stretching = await lab.stretching(join(directory, 'stretching'));
    const free = freshName();
    const name = lab.name(free, {}, [stretching]);
    await put(name, { addresses: ['192.0.2.1'], ttlSeconds: 1 });
    await stretching.ask(free, 'A', lab.soon());
    await put(name, { addresses: ['192.0.2.2'], ttlSeconds: 1 });
    follow(name);
    const { resolvers, waitsFor, news } = await reported(free, (report) =>
      report.resolvers.some((each) => each.ignoresTtl),
    );
    expect(resolvers).toMatchObject([{ address: stretching.address, gives: 'old', ignoresTtl: true }]);
    expect(waitsFor.join()).toContain('it ignores TTLs');
    expect(news.map(({ rule }) => rule)).toContain('resolver-ignores-ttl');
  });

  it('is not taken from external-dns, unless signalbox.yaml adopts it by that name', async () => {
    const free = freshName();
    const record = { name: free, type: 'A', values: ['192.0.2.1'], ttlSeconds: 5 } as const;
    const owner = { name: `a-${free}`, type: 'TXT', values: [OWNER], ttlSeconds: 5 } as const;
    const answer = await lab.primary.update(
      { zone: 'lab.example', remove: [], create: [record, owner], absent: [] },
      soon(),
    );
    expect(answer).toBe('done');
    const next: AddressTarget = { addresses: ['192.0.2.2'], ttlSeconds: 5 };
    await expect(put(lab.name(free), next)).rejects.toThrow(/belongs to external-dns\/cluster-1 \(TXT at a-proof-/);
    await expect(put(lab.name(free, { adopt: ['external-dns/other'] }), next)).rejects.toThrow(/cluster-1/);
    expect((await lab.name(free).resource.read(soon())).epoch).toBe(0);

    follow(lab.name(free));
    const seen = await reported(free, ({ owners }) => owners.length > 0);
    expect(seen.owners).toEqual([{ name: 'external-dns/cluster-1', at: `a-${free}`, isAdopted: false }]);

    await put(lab.name(free, { adopt: ['external-dns/cluster-1'] }), next);
    expect((await lab.name(free).resource.read(soon())).value).toMatchObject(next);
  });

  it('is not taken from another installation either, whose epochs are none of ours once it is adopted', async () => {
    const free = freshName();
    const stamp = 'heritage=signalbox,installation=other,group=orders,epoch=900';
    const theirs = { name: `_signalbox.${free}`, type: 'TXT', values: [stamp], ttlSeconds: 5 } as const;
    await lab.primary.update({ zone: 'lab.example', remove: [], create: [theirs], absent: [] }, soon());
    const next: AddressTarget = { addresses: ['192.0.2.2'], ttlSeconds: 5 };
    await expect(put(lab.name(free), next)).rejects.toThrow('adopt: [signalbox/other/orders]');
    await put(lab.name(free, { adopt: ['signalbox/other/orders'] }), next);
    expect(await lab.name(free).resource.read(soon())).toMatchObject({ value: next, epoch: 1 });
  });
});
