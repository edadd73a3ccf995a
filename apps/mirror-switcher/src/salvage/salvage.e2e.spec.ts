import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, type SalvageOrder } from '#libs/domain';
import { openCluster, openCopying, type KafkaCluster, type OpenCopying, type WholeRecord } from '#libs/kafka';
import { clock, until } from '../../../../test/lab/condition.js';
import { Lab } from '../../../../test/lab/lab.js';
import type { KafkaSite } from '../../../../test/lab/layout.js';
import { fencedResourceConformance } from '../../../../test/support/fenced-resource.conformance.js';
import { createTopic, labAccess } from '../../../../test/support/lab-kafka.js';
import { FlowSalvage, type SalvageValue } from './flow-salvage.js';

/** A guard: no statement about how fast a broker is. */
const GUARD_MS = 180_000;
const RECORDS = 6_000;
const RECORDS_AT_ONCE = 1_000;

describe('stranded records between two real clusters', () => {
  let lab: Lab;
  const opened: (KafkaCluster | OpenCopying)[] = [];
  let flows = 0;

  beforeAll(async () => {
    lab = await Lab.up({ parts: ['kafka'] });
    await createTopic(lab, 'a', 'stranded', 1);
    await createTopic(lab, 'b', 'stranded', 1);
    await write('a', 'stranded', 3);
  }, 300_000);
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await lab?.down();
  });

  const end = (site: KafkaSite) => {
    const access = labAccess(lab, site, 'admin');
    const [cluster, copying] = [openCluster(access), openCopying(access, clock)];
    opened.push(cluster, copying);
    return { log: cluster.log, whole: copying.log, writer: copying.writer };
  };
  const salvage = (flow: string) => {
    const [source, target] = [end('a'), end('b')];
    const isolation = 'read-committed' as const;
    return new FlowSalvage({
      flow,
      source,
      target,
      writer: target.writer,
      isolation,
      targetTopic: (topic) => topic,
      now: () => clock.now(),
    });
  };
  const order = (topic: string, to: number): SalvageOrder => ({
    as: 'replayed',
    group: 'orders',
    site: 'a',
    leftBy: 'r-1',
    conflicts: 'keep-newest',
    ranges: [{ topic, partition: 0, from: 0, to }],
    watermark: { [`${topic}-0`]: 0 },
  });

  async function write(site: KafkaSite, topic: string, count: number): Promise<void> {
    const { writer } = end(site);
    const session = await until('a writer', GUARD_MS, () =>
      writer.takeOver('signalbox.e2e', AbortSignal.timeout(GUARD_MS)),
    );
    for (let from = 0; from < count; from += RECORDS_AT_ONCE) {
      const records = Array.from({ length: Math.min(RECORDS_AT_ONCE, count - from) }, (_, index): WholeRecord => ({
        key: Buffer.from(`k${from + index}`),
        value: Buffer.from(`v${from + index}`),
        headers: [],
        timestamp: clock.now(),
      }));
      expect(await session.commit([{ topic, partition: 0, records }])).toBe('committed');
    }
  }

  async function valuesAt(site: KafkaSite, topic: string): Promise<readonly string[]> {
    const { whole } = end(site);
    const values: string[] = [];
    for (let from = 0; ;) {
      const { records, next } = await whole.read(topic, 0, from);
      values.push(...records.map(({ value }) => String(value)));
      if (next === from) return values;
      from = next;
    }
  }

  fencedResourceConformance<SalvageValue>('FlowSalvage', () =>
    Promise.resolve({
      resource: salvage(`conforming-${(flows += 1)}`),
      values: ['nothing', order('stranded', 3)],
      end: () => Promise.resolve(),
    }),
  );

  it(
    'are each there once, though the broker that takes them is killed in the middle',
    async () => {
      await createTopic(lab, 'a', 'killed', 1);
      await createTopic(lab, 'b', 'killed', 1);
      await write('a', 'killed', RECORDS);
      const to = Number((await end('a').log.endOffsets('killed')).get(0) ?? 0n);
      const wanted = order('killed', to);
      const interrupted = salvage('killed');
      let kills = 0;
      await until('everything is salvaged', GUARD_MS, async () => {
        const limit = AbortSignal.timeout(30_000);
        const writing = interrupted.write(await interrupted.read(limit), wanted, epoch(1), limit);
        if (kills++ < 2) {
          await clock.sleep(100);
          await lab.killProcess('b', 'kafka');
        }
        expect(await writing).toBe('written');
      });
      expect(await interrupted.verify(wanted, AbortSignal.timeout(30_000))).toMatchObject({
        holds: true,
        observed: { partitions: [{ copied: RECORDS, superseded: 0, alreadyThere: 0 }] },
      });
      const expected = Array.from({ length: RECORDS }, (_, index) => `v${index}`);
      expect(await until('b is read', GUARD_MS, () => valuesAt('b', 'killed'))).toEqual(expected);
    },
    2 * GUARD_MS,
  );
});
