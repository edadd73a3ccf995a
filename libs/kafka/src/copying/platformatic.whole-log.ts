import { fetchV12, FetchIsolationLevels } from '@platformatic/kafka';
import { UnavailableError } from '#libs/domain';
import type { BrokerPool } from '../broker-pool.js';
import type { Isolation } from '../sweep/offset-sweep.js';
import { committedIn, type FetchedBatch } from './committed-batches.js';
import { WholeLog, type WholePage, type WholeReadOptions } from './whole-log.js';

const READ_MAX_BYTES = 1_048_576;
const ANY_EPOCH = -1;
const NO_SESSION = 0;
const NOT_WAITING = 0;
const ISOLATION: Readonly<Record<Isolation, number>> = {
  'read-committed': FetchIsolationLevels.READ_COMMITTED,
  'read-uncommitted': FetchIsolationLevels.READ_UNCOMMITTED,
};

/** One fetch for each page. A broker sends at least one whole batch, however large it is. */
export class PlatformaticWholeLog extends WholeLog {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override async read(
    topic: string,
    partition: number,
    from: number,
    options: WholeReadOptions = {},
  ): Promise<WholePage> {
    try {
      return await this.pool.ask(`topic ${topic}`, () => this.page(topic, partition, from, options));
    } catch (error) {
      this.pool.forget(topic);
      throw error;
    }
  }

  private async page(
    topic: string,
    partition: number,
    from: number,
    { isolation = 'read-committed', maxBytes = READ_MAX_BYTES }: WholeReadOptions,
  ): Promise<WholePage> {
    const leader = await this.pool.leaderOf(topic, partition);
    const asked = {
      partition,
      currentLeaderEpoch: ANY_EPOCH,
      fetchOffset: BigInt(from),
      lastFetchedEpoch: -1,
      partitionMaxBytes: maxBytes,
    };
    const answer = await leader.call(
      fetchV12.api,
      NOT_WAITING,
      1,
      maxBytes,
      ISOLATION[isolation],
      NO_SESSION,
      -1,
      [{ topicId: topic, partitions: [asked] }],
      [],
      '',
    );
    const found = answer.responses[0]?.partitions[0];
    // A broker that holds us back for a quota answers at once, and with nothing.
    if (!found) throw new UnavailableError(`${leader.where} answered nothing of ${topic}-${partition}: try again.`);
    const end = Number(found.highWatermark);
    const stableEnd = Number(found.lastStableOffset);
    const batches = (found.records ?? []) as unknown as readonly FetchedBatch[];
    const { records, aborted, next } = committedIn(batches, found.abortedTransactions ?? [], from);
    // No batch before the end: compaction has left nothing there.
    const last = isolation === 'read-committed' ? stableEnd : end;
    return { records, aborted, next: next ?? Math.max(from, last), stableEnd, end };
  }
}
