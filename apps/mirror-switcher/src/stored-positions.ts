import type { Positions } from '#libs/domain';
import type { ConnectClient } from './connect-client.js';
import { PositionsSource } from './positions-source.js';
import { parsePartitionKey, partitionKey } from './topic-partition.js';

const ALIAS_KEY = 'source.cluster.alias';
const MIRRORMAKERS_DEFAULT_ALIAS = 'source';

/**
 * The positions of a MirrorSourceConnector in Connect's own store. Connect keeps the last offset that was copied, everybody
 * else speaks of the one after it: converted here and nowhere else. A running connector stores them every
 * `offset.flush.interval.ms` of its worker: it may be further on, and is never behind.
 */
export class StoredPositions extends PositionsSource {
  constructor(
    private readonly connect: ConnectClient,
    private readonly connector: string,
  ) {
    super();
  }

  /** @throws ConnectorMissingError, UnavailableError */
  override async read(signal: AbortSignal): Promise<Positions> {
    const [alias, stored] = await Promise.all([this.alias(signal), this.connect.positions(this.connector, signal)]);
    const own = stored.filter(({ cluster }) => cluster === alias);
    return Object.fromEntries(own.map((position) => [partitionKey(position), position.offset + 1]));
  }

  /** Only while the connector is stopped. Partitions that are not named keep what they have; 0 cannot be stored. */
  async write(positions: Positions, signal: AbortSignal): Promise<void> {
    const cluster = await this.alias(signal);
    const last = Object.entries(positions).map(([key, offset]) => ({
      ...parsePartitionKey(key),
      cluster,
      offset: offset - 1,
    }));
    await this.connect.setPositions(this.connector, last, signal);
  }

  /** As the connector has it, whatever the topology says: under another one its positions are not found. */
  private async alias(signal: AbortSignal): Promise<string> {
    return (await this.connect.config(this.connector, signal))[ALIAS_KEY] ?? MIRRORMAKERS_DEFAULT_ALIAS;
  }
}
