import { epoch, type SalvageOrder } from '#libs/domain';
import { openCluster, openCopying, type ClusterAccess, type WholeRecord } from '#libs/kafka';
import { FlowSalvage } from '../../apps/mirror-switcher/src/salvage/flow-salvage.js';
import { clock, until } from '../lab/condition.js';
import { BenchError } from './bench-error.js';

const STRANDED = 'bench-stranded';
const SERVED = 'bench-served';
const RECORD_BYTES = 100;
const RECORDS_AT_ONCE = 2_000;
const WRITTEN_WITHIN_MS = 300_000;
const SALVAGED_WITHIN_MS = 600_000;

/** A tail of keyed records on one broker, which stands for both sites: what is replayed goes into another topic of it. */
export class StrandedLoad {
  private readonly copying;
  private readonly cluster;

  constructor(
    access: ClusterAccess,
    readonly records: number,
  ) {
    this.copying = openCopying(access, clock);
    this.cluster = openCluster(access);
  }

  async write(): Promise<void> {
    const { writer } = this.copying;
    for (const topic of [STRANDED, SERVED]) {
      const draft = { topic, partitions: 1, settings: {} };
      await until(`topic ${topic} is there`, WRITTEN_WITHIN_MS, () => writer.ensureTopic(draft));
    }
    const session = await writer.takeOver('signalbox.bench', AbortSignal.timeout(WRITTEN_WITHIN_MS));
    for (let from = 0; from < this.records; from += RECORDS_AT_ONCE) {
      const count = Math.min(RECORDS_AT_ONCE, this.records - from);
      const records = Array.from({ length: count }, (_, index): WholeRecord => ({
        key: Buffer.from(`key-${from + index}`),
        value: Buffer.alloc(RECORD_BYTES, 1),
        headers: [],
        timestamp: 1_700_000_000_000 + from + index,
      }));
      await session.commit([{ topic: STRANDED, partition: 0, records }]);
    }
  }

  /** All of it, as a step does it: both readings, the comparison of keys, the copies and their accounts. */
  async salvage(): Promise<void> {
    const end = { whole: this.copying.log, log: this.cluster.log };
    const salvage = new FlowSalvage({
      flow: 'bench',
      source: end,
      target: end,
      writer: this.copying.writer,
      isolation: 'read-committed',
      targetTopic: () => SERVED,
      now: () => clock.now(),
    });
    const to = Number((await this.cluster.log.endOffsets(STRANDED)).get(0) ?? 0n);
    const ranges = [{ topic: STRANDED, partition: 0, from: 0, to }];
    const watermark = { [`${SERVED}-0`]: 0 };
    const common = { group: 'bench', site: 'a', leftBy: 'bench', conflicts: 'keep-newest' } as const;
    const order: SalvageOrder = { ...common, as: 'replayed', ranges, watermark };
    const limit = AbortSignal.timeout(SALVAGED_WITHIN_MS);
    // As a worker does it; a topic that was just made may have no leader yet.
    await until('the tail is salvaged', SALVAGED_WITHIN_MS, async () => {
      const outcome = await salvage.write(await salvage.read(limit), order, epoch(1), limit);
      if (outcome === 'unknown') throw new BenchError('It is not known what became of it.');
    });
    const { holds } = await salvage.verify(order, limit);
    if (!holds) throw new BenchError('The stranded records were not salvaged in time.');
  }

  async close(): Promise<void> {
    await Promise.all([this.copying.close(), this.cluster.close()]);
  }
}
