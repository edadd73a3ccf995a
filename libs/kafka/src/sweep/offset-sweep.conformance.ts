import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TopicLog } from '../topic-log.js';
import type { OffsetSweep } from './offset-sweep.js';

export interface SweptCluster {
  readonly sweep: OffsetSweep;
  /** Of a principal that may write. */
  readonly log: TopicLog;
}

/** What every OffsetSweep adapter does. `make` returns one on a cluster with empty topics `swept` (three partitions) and `swept-too` (one). */
export function offsetSweepConformance(make: () => Promise<SweptCluster>): void {
  describe('offset sweep', () => {
    let cluster: SweptCluster;
    const record = { value: Buffer.from('x') };
    const offsets = (...each: number[]) => Float64Array.from(each);

    beforeAll(async () => {
      cluster = await make();
    });

    it('tells start and end of every partition of every topic', async () => {
      const { sweep, log } = cluster;
      await log.append('swept', 2, [record, record]);
      await log.append('swept-too', 0, [record]);
      const ends = await sweep.ends(['swept', 'swept-too'], 'read-uncommitted');
      expect(ends.size).toBe(2);
      expect(ends.get('swept')).toEqual(offsets(0, 0, 2));
      expect(ends.get('swept-too')).toEqual(offsets(1));
      expect((await sweep.starts(['swept'])).get('swept')).toEqual(offsets(0, 0, 0));
    });

    it('tells what was appended since, by either isolation', async () => {
      const { sweep, log } = cluster;
      await log.append('swept', 0, [record]);
      expect((await sweep.ends(['swept'], 'read-committed')).get('swept')).toEqual(offsets(1, 0, 2));
      expect((await sweep.ends(['swept'], 'read-uncommitted')).get('swept')).toEqual(offsets(1, 0, 2));
    });

    it('leaves out a topic that is not there, and asks nobody for nothing', async () => {
      const { sweep } = cluster;
      expect([...(await sweep.ends(['nowhere', 'swept-too'], 'read-uncommitted')).keys()]).toEqual(['swept-too']);
      expect((await sweep.ends([], 'read-uncommitted')).size).toBe(0);
    });
  });
}
