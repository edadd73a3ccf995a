import { beforeEach, describe, expect, it } from '@jest/globals';
import { clusterId, epoch, type SalvageOrder } from '#libs/domain';
import {
  headerOf,
  InMemoryKafka,
  InMemoryTransactionalWriter,
  InMemoryWholeLog,
  openInMemory,
  type StoredWholeRecord,
} from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { FlowSalvage, type SalvageValue } from './flow-salvage.js';

const clock = new SystemClock();
const ADMIN = 'User:admin';
const soon = () => AbortSignal.timeout(10_000);
const kafkaAt = (site: string) =>
  new InMemoryKafka({ cluster: clusterId(`kafka-${site}`), timeoutMs: 100, superUsers: [ADMIN] }, clock);

/** Key, value and the time of writing. */
type Written = readonly [key: string | null, value: string, timestamp: number];

/** Site a is back with a tail, and b serves. */
class Sites {
  readonly a = kafkaAt('a').createTopic('orders', 2);
  readonly b = kafkaAt('b').createTopic('orders', 2);
  readonly writer = new InMemoryTransactionalWriter(this.b, ADMIN);
  readonly salvage = new FlowSalvage({
    flow: 'a-to-b',
    source: this.end(this.a),
    target: this.end(this.b),
    writer: this.writer,
    isolation: 'read-committed',
    targetTopic: (topic) => topic,
    now: () => clock.now(),
  });

  end(kafka: InMemoryKafka) {
    return { log: openInMemory(kafka, ADMIN).log, whole: new InMemoryWholeLog(kafka, ADMIN) };
  }

  /** At both sites until `copied`, at a alone from there on. */
  async write(partition: number, records: readonly Written[], copied: number): Promise<void> {
    this.put(this.a, partition, records);
    this.put(this.b, partition, records.slice(0, copied));
  }

  put(kafka: InMemoryKafka, partition: number, records: readonly Written[]): void {
    const log = kafka.partition('orders', partition);
    for (const [key, value, timestamp] of records)
      log.push({
        partition,
        offset: BigInt(log.length),
        timestamp: BigInt(timestamp),
        value: Buffer.from(value),
        ...(key !== null && { key: Buffer.from(key) }),
      });
  }

  async at(kafka: InMemoryKafka, topic: string, partition = 0): Promise<readonly StoredWholeRecord[]> {
    const log = new InMemoryWholeLog(kafka, ADMIN);
    const all: StoredWholeRecord[] = [];
    for (let from = 0; ;) {
      const { records, next } = await log.read(topic, partition, from);
      all.push(...records);
      if (next === from) return all;
      from = next;
    }
  }

  /** `from`: where the mirror said that it was, for each partition. */
  order(as: SalvageOrder['as'], from: readonly number[], more: Partial<SalvageOrder> = {}): SalvageOrder {
    const ranges = from.map((each, partition) => {
      const to = this.a.partition('orders', partition).length;
      return { topic: 'orders', partition, from: each, to };
    });
    const watermark = Object.fromEntries(
      [0, 1].map((partition) => [`orders-${partition}`, this.b.partition('orders', partition).length]),
    );
    const order = {
      as,
      group: 'orders',
      site: 'a',
      leftBy: 'r-1',
      conflicts: 'keep-newest',
      ranges,
      watermark,
    } as const;
    return { ...order, ...more };
  }

  /** As a worker does it, which reads back what became of a write that was not answered. */
  async done(order: SalvageOrder, under = 5): Promise<void> {
    for (let again = 0; again < 4; again++) {
      const seen = await this.salvage.read(soon());
      const outcome = await this.salvage.write(seen, order, epoch(under), soon());
      if (outcome === 'written') return;
      if (outcome === 'refused') throw new Error('It was refused.');
    }
    throw new Error('It stayed unknown.');
  }

  async accounts(order: SalvageOrder) {
    const { observed, holds } = await this.salvage.verify(order, soon());
    if (!holds) throw new Error('It does not hold what was ordered.');
    return (observed as unknown as { partitions: readonly Record<string, unknown>[] }).partitions;
  }
}

const valuesOf = (records: readonly StoredWholeRecord[]) => records.map(({ value }) => String(value));

fencedResourceConformance<SalvageValue>('FlowSalvage', async () => {
  const sites = new Sites();
  await sites.write(0, [['k', 'v', 1]], 0);
  return {
    resource: sites.salvage,
    values: ['nothing', sites.order('quarantined', [0])],
    end: () => Promise.resolve(),
  };
});

describe(FlowSalvage.name, () => {
  let sites: Sites;
  beforeEach(() => {
    sites = new Sites();
  });

  it('copies what only the returned site has to a topic of its own, each with where it came from', async () => {
    await sites.write(
      0,
      [
        ['k', 'one', 1],
        ['k', 'two', 2],
        [null, 'three', 3],
      ],
      1,
    );
    await sites.write(1, [['k', 'other', 4]], 0);
    const order = sites.order('quarantined', [1, 0]);
    await sites.done(order);

    const kept = await sites.at(sites.b, 'signalbox.stranded.orders');
    expect(valuesOf(kept)).toEqual(['two', 'three']);
    const origin = (name: string) => kept.map((record) => headerOf(record, `signalbox.origin-${name}`));
    expect([origin('site'), origin('topic'), origin('offset')]).toEqual([
      ['a', 'a'],
      ['orders', 'orders'],
      ['1', '2'],
    ]);
    expect(kept.map(({ timestamp }) => timestamp)).toEqual([2, 3]);
    expect(valuesOf(await sites.at(sites.b, 'signalbox.stranded.orders', 1))).toEqual(['other']);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(['one']);
    expect(await sites.accounts(order)).toMatchObject([
      { partition: 0, from: 1, to: 3, copied: 2, superseded: 0, alreadyThere: 0, left: 0 },
      { partition: 1, from: 0, to: 1, copied: 1 },
    ]);
  });

  it('appends what is replayed where it belongs, except what the serving site has newer', async () => {
    await sites.write(
      0,
      [
        ['k', 'old', 10],
        ['l', 'only here', 11],
        ['m', 'newest', 99],
        [null, 'no key', 12],
      ],
      0,
    );
    const order = sites.order('replayed', [0]);
    sites.put(sites.b, 0, [
      ['k', 'newer', 20],
      ['m', 'older', 30],
    ]);
    await sites.done(order);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(['newer', 'older', 'only here', 'newest', 'no key']);
    expect(await sites.accounts(order)).toMatchObject([{ copied: 3, superseded: 1 }]);
  });

  it.each([
    ['keep-all', ['newer', 'old', 'newest']],
    ['serving-site-wins', ['newer']],
  ] as const)('decides conflicts as the policy says: %s', async (conflicts, expected) => {
    await sites.write(
      0,
      [
        ['k', 'old', 10],
        ['k', 'newest', 99],
      ],
      0,
    );
    const order = sites.order('replayed', [0], { conflicts });
    sites.put(sites.b, 0, [['k', 'newer', 20]]);
    await sites.done(order);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(expected);
  });

  it('does not copy again what the mirror had copied without having said so', async () => {
    await sites.write(
      0,
      [
        ['k', 'one', 1],
        ['k', 'two', 2],
        ['k', 'three', 3],
        ['k', 'four', 4],
      ],
      3,
    );
    const order = sites.order('replayed', [1]);
    await sites.done(order);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(['one', 'two', 'three', 'four']);
    expect(await sites.accounts(order)).toMatchObject([{ copied: 1, alreadyThere: 2 }]);
  });

  it('copies each record once, whatever becomes of answers', async () => {
    const many = Array.from({ length: 1_200 }, (_, index): Written => [null, `v${index}`, index]);
    await sites.write(0, many, 0);
    const order = sites.order('replayed', [0]);
    sites.writer.lost.push('committed', 'committed', 'not-committed');
    await sites.done(order);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(many.map(([, value]) => value));
    expect(await sites.accounts(order)).toMatchObject([{ copied: 1_200, to: 1_200 }]);
  });

  it('ends in the middle when somebody else has begun, and they go on where it ended', async () => {
    await sites.write(
      0,
      Array.from({ length: 1_200 }, (_, index): Written => [null, `v${index}`, index]),
      0,
    );
    const order = sites.order('replayed', [0]);
    const seen = await sites.salvage.read(soon());
    const late = sites.salvage.write(seen, order, epoch(5), soon());
    const other = await sites.salvage.write(seen, order, epoch(6), soon());
    expect([await late, other].toSorted()).toEqual(['refused', 'written']);
    expect((await sites.at(sites.b, 'orders')).length).toBeGreaterThan(0);
    expect(sites.b.partition('orders', 0)).toHaveLength(1_200);
  });

  it('counts what is discarded, and copies nothing', async () => {
    await sites.write(
      0,
      [
        ['k', 'one', 1],
        ['k', 'two', 2],
      ],
      1,
    );
    const order = sites.order('discarded', [1]);
    await sites.done(order);
    expect(await sites.accounts(order)).toMatchObject([
      { copied: 0, left: 1, hash: expect.stringMatching(/^\w{64}$/) },
    ]);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(['one']);
  });

  it('appends nothing twice when it is asked for again', async () => {
    await sites.write(
      0,
      [
        ['k', 'one', 1],
        ['k', 'two', 2],
      ],
      0,
    );
    const order = sites.order('replayed', [0]);
    await sites.done(order);
    await sites.done(order, 7);
    expect(valuesOf(await sites.at(sites.b, 'orders'))).toEqual(['one', 'two']);
  });

  it('says what is wrong with a log that is not the one that was counted, and copies nothing of it', async () => {
    await sites.write(0, [['k', 'one', 1]], 0);
    const order = sites.order('quarantined', [0]);
    const longer = { ...order, ranges: [{ topic: 'orders', partition: 0, from: 0, to: 9 }] };
    await expect(sites.done(longer)).rejects.toMatchObject({
      code: 'SB_SALVAGE_IMPOSSIBLE',
      message: expect.stringContaining('orders-0 ends at 1, and ended at 9'),
    });
  });

  it('does not begin where the serving site has fewer partitions', async () => {
    await sites.write(1, [['k', 'one', 1]], 0);
    const range = { topic: 'orders', partition: 1, from: 0, to: 1 };
    const order = sites.order('replayed', [], { ranges: [range] });
    sites.b.createTopic('orders', 1);
    await expect(sites.done(order)).rejects.toMatchObject({ code: 'SB_SALVAGE_IMPOSSIBLE' });
  });
});
