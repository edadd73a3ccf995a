import {
  consumerGroupDescribeV0,
  describeGroupsV5,
  findCoordinatorV4,
  listGroupsV4,
  offsetCommitV8,
  offsetFetchV8,
} from '@platformatic/kafka';
import type { BrokerConnection } from './broker-connection.js';
import type { BrokerPool } from './broker-pool.js';
import { ConsumerGroups, type CommitOfGroup, type GroupCommit } from './consumer-groups.js';
import { answerIn, reasonsIn } from './platformatic.errors.js';

const GROUP = 0;
/** Whoever sets the place of a group without being one of its members. */
const NO_MEMBER = { generation: -1, id: '' };
const LEADER_EPOCH_UNKNOWN = -1;
/** Groups of other kinds than these keep no offsets, or those of something else than consumers. */
const CONSUMING = ['consumer', ''];
/** What a coordinator says of a group that has members, to somebody who is none of them. */
const HAS_MEMBERS = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS', 'STALE_MEMBER_EPOCH'];
const WITHOUT_MEMBERS = ['Empty', 'Dead'];
const EVERY_TOPIC = null;

export class PlatformaticConsumerGroups extends ConsumerGroups {
  constructor(private readonly pool: BrokerPool) {
    super();
  }

  /** Each broker knows the groups that it coordinates. */
  override list(): Promise<readonly string[]> {
    return this.pool.ask('its groups', async () => {
      const brokers = await this.pool.everyBroker();
      const answers = await Promise.all(brokers.map((broker) => broker.call(listGroupsV4.api, [], [])));
      return answers
        .flatMap(({ groups }) => groups)
        .filter(({ protocolType }) => CONSUMING.includes(protocolType))
        .map(({ groupId }) => groupId);
    });
  }

  override commits(groups: readonly string[]): Promise<ReadonlyMap<string, readonly GroupCommit[]>> {
    return this.pool.ask('the offsets of its groups', async () => {
      const answers = await this.eachCoordinator(groups, (broker, own) => {
        const wanted = own.map((groupId) => ({
          groupId,
          memberEpoch: NO_MEMBER.generation,
          topics: EVERY_TOPIC,
        }));
        return broker.call(offsetFetchV8.api, wanted, false);
      });
      return new Map(answers.flatMap((answer) => answer.groups).map((group) => [group.groupId, commitsIn(group)]));
    });
  }

  override occupied(groups: readonly string[]): Promise<ReadonlySet<string>> {
    return this.pool.ask('the members of its groups', async () => {
      const both = await this.eachCoordinator(groups, async (broker, own) => [
        ...(await classicWithMembers(broker, own)),
        ...(await newWithMembers(broker, own)),
      ]);
      return new Set(both.flat());
    });
  }

  override commit(group: string, commits: readonly GroupCommit[]): Promise<CommitOfGroup> {
    const topics = [...Map.groupBy(commits, ({ topic }) => topic)].map(([name, own]) => ({
      name,
      partitions: own.map(({ partition, offset, metadata }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: LEADER_EPOCH_UNKNOWN,
        committedMetadata: metadata,
      })),
    }));
    return this.pool.tell(`group ${group}`, async () => {
      try {
        const { generation, id } = NO_MEMBER;
        await this.eachCoordinator([group], (broker) =>
          broker.call(offsetCommitV8.api, group, generation, id, null, topics),
        );
        return 'committed';
      } catch (error) {
        if (reasonsIn(error).some((reason) => HAS_MEMBERS.includes(reason))) return 'occupied';
        throw error;
      }
    });
  }

  private async eachCoordinator<T>(
    groups: readonly string[],
    ask: (coordinator: BrokerConnection, own: readonly string[]) => Promise<T>,
  ): Promise<readonly T[]> {
    if (groups.length === 0) return [];
    const { coordinators } = await this.pool.anyone((broker) => broker.call(findCoordinatorV4.api, GROUP, [...groups]));
    const byBroker = Map.groupBy(coordinators, ({ host, port }) => this.pool.at({ host, port }));
    return Promise.all(
      [...byBroker].map(([broker, own]) =>
        ask(
          broker,
          own.map(({ key }) => key),
        ),
      ),
    );
  }
}

type FetchedGroup = Awaited<ReturnType<typeof offsetFetchV8.api.async>>['groups'][number];

const commitsIn = ({ topics }: FetchedGroup): readonly GroupCommit[] =>
  topics.flatMap(({ name, partitions }) =>
    partitions
      .filter(({ committedOffset }) => committedOffset >= 0n)
      .map(({ partitionIndex, committedOffset, metadata }) => ({
        topic: name,
        partition: partitionIndex,
        offset: Number(committedOffset),
        metadata: metadata ?? '',
      })),
  );

async function classicWithMembers(broker: BrokerConnection, groups: readonly string[]): Promise<readonly string[]> {
  const { groups: described } = await broker.call(describeGroupsV5.api, [...groups], false);
  return described
    .filter(({ groupState, members }) => members.length > 0 || !WITHOUT_MEMBERS.includes(groupState))
    .map(({ groupId }) => groupId);
}

type NewGroups = Awaited<ReturnType<typeof consumerGroupDescribeV0.api.async>>;

/** What is no group of the new protocol, or not with this broker, is told by an error of its own. */
const NOT_OF_THE_NEW_PROTOCOL = ['GROUP_ID_NOT_FOUND', 'UNSUPPORTED_VERSION'];

async function newWithMembers(broker: BrokerConnection, groups: readonly string[]): Promise<readonly string[]> {
  try {
    return membersOfNew(await broker.call(consumerGroupDescribeV0.api, [...groups], false));
  } catch (error) {
    const answer = answerIn(error) as NewGroups | undefined;
    if (!answer || reasonsIn(error).some((reason) => !NOT_OF_THE_NEW_PROTOCOL.includes(reason))) throw error;
    return membersOfNew(answer);
  }
}

const membersOfNew = ({ groups }: NewGroups): readonly string[] =>
  groups.filter(({ errorCode, members }) => errorCode === 0 && members.length > 0).map(({ groupId }) => groupId);
