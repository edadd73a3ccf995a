import { findCoordinatorV4, offsetFetchV8 } from '@platformatic/kafka';
import { UnavailableError } from '#libs/domain';
import type { BrokerPool } from './broker-pool.js';
import { ConsumerGroups } from './consumer-groups.js';

const GROUP = 0;
const NO_MEMBER = -1;

export class PlatformaticConsumerGroups extends ConsumerGroups {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  override committedOffsets(group: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.pool.ask(`group ${group}`, async () => {
      const partitionIndexes = (await this.pool.known(topic)).map(({ partition }) => partition);
      const found = await this.pool.anyone((broker) => broker.call(findCoordinatorV4.api, GROUP, [group]));
      const coordinator = found.coordinators[0];
      if (!coordinator) throw new UnavailableError(`Group ${group} has no coordinator.`);
      const wanted = [{ groupId: group, memberEpoch: NO_MEMBER, topics: [{ name: topic, partitionIndexes }] }];
      const answer = await this.pool.at(coordinator).call(offsetFetchV8.api, wanted, false);
      const committed = answer.groups
        .flatMap(({ topics }) => topics.flatMap(({ partitions }) => partitions))
        .filter(({ committedOffset }) => committedOffset >= 0n);
      return new Map(committed.map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]));
    });
  }
}
