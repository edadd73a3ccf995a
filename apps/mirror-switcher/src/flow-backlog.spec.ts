import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BacklogWire } from '#libs/contracts';
import { clusterId, epoch, type Backlog } from '#libs/domain';
import { InMemoryKafka, InMemoryWholeLog, openInMemory, type TopicLog, type WholeLog } from '#libs/kafka';
import { SystemClock } from '#libs/runtime';
import { FakeConnect } from '../../../test/support/fake-connect.js';
import { ConnectClient } from './connect-client.js';
import { FlowBacklog } from './flow-backlog.js';
import { SourceLog } from './source-log.js';
import { StoredPositions } from './stored-positions.js';

const clock = new SystemClock();
const soon = () => AbortSignal.timeout(10_000);
const a = clusterId('kafka-a');

describe(FlowBacklog.name, () => {
  let fake: FakeConnect;
  let kafka: InMemoryKafka;
  let log: TopicLog;
  let whole: WholeLog;
  beforeEach(async () => {
    fake = await FakeConnect.start();
    fake.add('source', { 'source.cluster.alias': 'a' });
    kafka = new InMemoryKafka({ cluster: a, timeoutMs: 100, superUsers: ['User:admin'] }, clock);
    kafka.createTopic('orders', 2).createTopic('other');
    log = openInMemory(kafka).log;
    whole = new InMemoryWholeLog(kafka, 'User:admin');
  });
  afterEach(() => fake.end());

  const backlog = (topics: readonly string[] = ['orders']) => {
    const connect = new ConnectClient(fake.url, clock, 5_000);
    const source = new SourceLog(log, { whole, isolation: 'read-committed' }, { source: a, topics });
    return new FlowBacklog(source, new StoredPositions(connect, 'source'), clock, 5);
  };
  const append = (count: number, partition = 0, topic = 'orders') =>
    log.append(
      topic,
      partition,
      Array.from({ length: count }, () => ({ value: Buffer.from('x') })),
    );
  const copied = (end: number, partition = 0) => fake.store('source', 'a', 'orders', partition, end - 1);
  const observed = async (expected?: 'empty', deadline = soon()) => {
    const { observed: seen, holds } = await backlog().verify(expected, deadline);
    return { holds, ...(seen as unknown as Backlog) };
  };
  /** Passes during the third look at the source. */
  const thirdLook = (): AbortSignal => {
    const deadline = new AbortController();
    const partitions = log.partitions.bind(log);
    let looks = 0;
    log.partitions = (topic) => {
      looks += 1;
      if (looks === 3) deadline.abort();
      return partitions(topic);
    };
    return deadline.signal;
  };

  it('counts what the source holds beyond the positions that are stored', async () => {
    await append(10);
    await append(3, 1);
    await append(9, 0, 'other');
    copied(8);
    const seen = await observed();
    expect(seen).toEqual({
      holds: true,
      records: 5,
      ranges: [
        { topic: 'orders', partition: 0, from: 8, to: 10 },
        { topic: 'orders', partition: 1, from: 0, to: 3 },
      ],
    });
    expect(BacklogWire.safeParse(seen).success).toBe(true);
  });

  it('is empty only when source and positions stand still with nothing left', async () => {
    await append(10);
    copied(8);
    const empty = observed('empty');
    await append(1);
    copied(10);
    await clock.sleep(50);
    copied(11);
    expect(await empty).toMatchObject({ holds: true, records: 0, ranges: [] });
  });

  it('is not empty while every look finds another end, though nothing is left at any of them', async () => {
    let end = 0;
    log.endOffsets = async () => {
      end += 1;
      fake.connectors.get('source')!.offsets = [];
      copied(end + 1);
      return new Map([
        [0, BigInt(end)],
        [1, 0n],
      ]);
    };
    expect((await observed('empty', thirdLook())).holds).toBe(false);
  });

  it('stands still beside a topic that the mirror copies and the flow does not carry', async () => {
    await append(2);
    const partitions = log.partitions.bind(log);
    let last = 0;
    log.partitions = (topic) => {
      fake.connectors.get('source')!.offsets = [];
      copied(2);
      fake.store('source', 'a', 'probe-ab', 0, (last += 1));
      return partitions(topic);
    };
    expect(await observed('empty', thirdLook())).toMatchObject({ holds: true, records: 0 });
  });

  it('says at the deadline what is left', async () => {
    await append(10);
    copied(8);
    expect(await observed('empty', thirdLook())).toMatchObject({ holds: false, records: 2 });
  });

  it('takes transaction markers for no records', async () => {
    await append(4);
    copied(2);
    // Offsets 2 and 3 are markers at first; then only 2 is.
    let records: readonly number[] = [];
    whole.read = async (_topic, _partition, from) => ({
      records: records
        .filter((at) => at >= from)
        .map((offset) => ({ offset, timestamp: 0, key: null, value: null, headers: [] })),
      aborted: 0,
      next: 4,
      stableEnd: 4,
      end: 4,
    });
    expect(await observed('empty')).toMatchObject({ holds: true, records: 0, ranges: [] });
    records = [3];
    expect(await observed()).toMatchObject({ records: 1, ranges: [{ from: 3, to: 4 }] });
    expect((await observed('empty', thirdLook())).holds).toBe(false);
  });

  it('is not empty where the source ends before its position: it is another log', async () => {
    await append(4);
    copied(40);
    const seen = await backlog().verify('empty', thirdLook());
    expect(seen).toMatchObject({ holds: false, observed: { records: 0, beyondTheEnd: { 'orders-0': 40 } } });
    expect(BacklogWire.parse(seen.observed)).toEqual({ records: 0, ranges: [] });
  });

  it('follows prefixes, and takes a source that shows none of them for a missing right', async () => {
    await append(2);
    kafka.createTopic('orders.eu');
    await append(3, 0, 'orders.eu');
    expect((await backlog(['orders*']).verify(undefined, soon())).observed).toMatchObject({ records: 5 });
    const failure = backlog(['bills*']).verify('empty', soon());
    await expect(failure).rejects.toMatchObject({ code: 'SB_KAFKA_REFUSED' });
    await expect(failure).rejects.toThrow('kafka-a shows no topic bills*');
  });

  it('is unavailable without its source or its Connect, and unknown to one that has no such connector', async () => {
    kafka.condition = 'killed';
    await expect(backlog().verify('empty', soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(backlog().verify(undefined, soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    kafka.condition = 'serving';
    const endOffsets = log.endOffsets.bind(log);
    log.endOffsets = async () => new Map([[0, 0n]]);
    await expect(backlog().verify('empty', soon())).rejects.toThrow('does not say where orders-1 ends');
    log.endOffsets = endOffsets;
    fake.connectors.clear();
    await expect(backlog().verify(undefined, soon())).rejects.toMatchObject({ code: 'SB_CONNECTOR_MISSING' });
  });

  it('cannot be written', async () => {
    const seen = await backlog().read(soon());
    expect(seen).toMatchObject({ value: { records: 0, ranges: [] }, epoch: 0 });
    expect(await backlog().write(seen, 'empty', epoch(1), soon())).toBe('refused');
    expect(fake.changes).toEqual([]);
  });
});
