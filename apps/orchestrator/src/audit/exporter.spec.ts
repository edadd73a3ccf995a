import { beforeEach, describe, expect, it } from '@jest/globals';
import { isIntact, verifyBundle } from '#libs/audit';
import { clusterId } from '#libs/domain';
import { keys } from '#libs/journal';
import { InMemoryKafka } from '#libs/kafka';
import { AuditBench, b, keyring, orders, w } from '../../../../test/support/audit-bench.js';
import { AUDIT_TOPIC } from './audit-topic.js';

describe('Exporter', () => {
  let bench: AuditBench;
  let kafka: InMemoryKafka;
  beforeEach(() => {
    bench = new AuditBench();
    const options = { cluster: clusterId('kafka-b'), timeoutMs: 1_000, openByDefault: true };
    kafka = new InMemoryKafka(options, bench.clock).createTopic(AUDIT_TOPIC, 3);
  });

  const records = () => kafka.partitionsOf(AUDIT_TOPIC).flat();
  /** As `kafka-console-consumer` would write them into a file. */
  const bytes = () =>
    Buffer.from(
      records()
        .map(({ value }) => `${value?.toString()}\n`)
        .join(''),
    );
  const sequences = () =>
    records()
      .filter(({ key }) => key?.toString() === 'groups/orders')
      .map(({ value }) => (JSON.parse(value?.toString() ?? '') as { sequence: number }).sequence);

  it('gives a cluster every chain with its evidence and what was signed, as it is verified offline', async () => {
    await bench.decide(70);
    await bench.decide(
      1,
      Array.from({ length: 9_000 }, (_, partition) => ({ topic: 'orders', partition })),
    );
    bench.siteAudit(w).note({ rule: 'login', evidence: null });
    await bench.clock.advance(0);
    for (const site of [b, w]) await bench.notary(site).attest();
    await bench.exporter('one', kafka).catchUp();
    const verdict = verifyBundle([{ name: 'from-kafka', bytes: bytes() }], keyring);
    expect(isIntact(verdict)).toBe(true);
    expect(verdict.files[0]?.verdict).toMatchObject({
      chains: expect.arrayContaining([
        { chain: 'groups/orders', first: 1, last: 71 },
        { chain: 'sites/w', first: 1, last: 1 },
      ]),
      // Nobody had signed that of site w yet.
      checkpoints: 1,
    });
    expect(
      new Set(
        records()
          .filter(({ key }) => key?.toString() === 'groups/orders')
          .map(({ partition }) => partition),
      ).size,
    ).toBe(1);
  });

  it('goes on where the last exporter stopped, and only one exports', async () => {
    await bench.decide(3);
    const [one, other] = [bench.exporter('one', kafka), bench.exporter('other', kafka)];
    await one.catchUp();
    await bench.decide(2);
    await other.catchUp();
    expect(sequences()).toEqual([1, 2, 3]);
    await one.stop();
    await other.catchUp();
    expect(sequences()).toEqual([1, 2, 3, 4, 5]);
  });

  it('says that a cluster is away, and misses nothing when it is back', async () => {
    const exporter = bench.exporter('one', kafka);
    await bench.decide(2);
    kafka.condition = 'killed';
    await exporter.catchUp();
    expect(bench.missing('audit export to cluster kafka-b')).toContain('Cannot connect');
    kafka.condition = 'serving';
    await bench.decide(2);
    await exporter.catchUp();
    expect(bench.missing('audit export to cluster kafka-b')).toBeUndefined();
    expect(sequences()).toEqual([1, 2, 3, 4]);
  });

  it('goes on behind entries that were retired before anybody could export them', async () => {
    await bench.decide(150);
    for (let sequence = 1; sequence <= 100; sequence++) await bench.remove(keys.auditEntry(orders, sequence));
    await bench.exporter('one', kafka).catchUp();
    expect(sequences()).toEqual(Array.from({ length: 50 }, (_, index) => 101 + index));
  });
});
