import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicLog } from './topic-log.js';

/** What every TopicLog adapter does. `make` returns one on a cluster with an empty topic `conformance` of two partitions. */
export function topicLogConformance(make: () => Promise<TopicLog>): void {
  describe('topic log', () => {
    let log: TopicLog;
    const text = (value: string) => ({ value: Buffer.from(value) });

    beforeAll(async () => {
      log = await make();
    });

    it('names the partitions in order, and the cluster once it answered', async () => {
      expect(await log.partitions('conformance')).toEqual([0, 1]);
      expect(log.kafkaClusterId()).toEqual(expect.any(String));
    });

    it('appends at the log end and reads back exactly what was appended', async () => {
      expect(await log.append('conformance', 1, [text('a'), text('b')])).toEqual({ outcome: 'appended', offset: 0n });
      const record = { key: Buffer.from('k'), value: null, headers: { trace: 'x' } };
      expect(await log.append('conformance', 1, [record])).toEqual({ outcome: 'appended', offset: 2n });

      const records = await log.read('conformance', 1, 1n, { waitMs: 50 });
      expect(records.map(({ offset, partition }) => [partition, offset])).toEqual([
        [1, 1n],
        [1, 2n],
      ]);
      expect(records[0]?.value?.toString()).toBe('b');
      expect(records[1]).toMatchObject(record);
    });

    it('reports start and end of every partition', async () => {
      expect([...(await log.endOffsets('conformance'))]).toEqual([
        [0, 0n],
        [1, 3n],
      ]);
      expect([...(await log.startOffsets('conformance'))]).toEqual([
        [0, 0n],
        [1, 0n],
      ]);
    });

    it('reads nothing at the end, and says so beyond it', async () => {
      expect(await log.read('conformance', 0, 0n, { waitMs: 50 })).toEqual([]);
      await expect(log.read('conformance', 0, 7n, { waitMs: 50 })).rejects.toMatchObject({
        code: 'SB_KAFKA_REFUSED',
        reason: 'OFFSET_OUT_OF_RANGE',
      });
    });

    it('names what Kafka says of a topic that does not exist', async () => {
      const reason = 'UNKNOWN_TOPIC_OR_PARTITION';
      await expect(log.partitions('nowhere')).rejects.toMatchObject({ code: 'SB_KAFKA_REFUSED', reason });
      expect(await log.append('nowhere', 0, [text('x')])).toEqual({ outcome: 'refused', reason });
    });
  });
}
