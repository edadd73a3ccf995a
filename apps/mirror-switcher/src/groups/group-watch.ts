import { SignalboxError, type Positions } from '#libs/domain';
import { KafkaAuthenticationError, KafkaRefusedError, type ConsumerGroups } from '#libs/kafka';
import { ConditionLog, type Clock, type Log, type Stop } from '#libs/runtime';
import { partitionKey } from '../topic-partition.js';
import type { PlacesByGroup, SourceGroups } from './source-groups.js';

/** Groups come and go seldom; one that came since is one that has not read much. */
const EVERY_MS = 15_000;

export interface WatchedGroups {
  readonly flow: string;
  readonly source: ConsumerGroups;
  readonly sourceGroups: Pick<SourceGroups, 'all' | 'remember'>;
  readonly isFollowed: (group: string) => boolean;
  /** By the source's names. */
  readonly isCopied: (topic: string) => boolean;
}

/** Remembers the groups of each flow's source at its target, for as long as the source can be asked. */
export class GroupWatch {
  private readonly conditions: ConditionLog;
  private stops: readonly Stop[] = [];

  constructor(
    private readonly flows: readonly WatchedGroups[],
    private readonly ports: { readonly clock: Clock; readonly log: Log },
  ) {
    this.conditions = new ConditionLog(ports.log, ports.clock);
  }

  start(): void {
    this.stops = this.flows.map((flow) => this.ports.clock.every(EVERY_MS, () => this.look(flow)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** One look. */
  async look({ flow, source, sourceGroups, isFollowed, isCopied }: WatchedGroups): Promise<void> {
    const finding = `groups of ${flow}`;
    try {
      const remembered = [...(await sourceGroups.all()).keys()];
      // Those that are remembered by name, too: a list leaves out what we may not see, and an answer of its own does not.
      const asked = new Set([...remembered, ...(await source.list())].filter(isFollowed));
      await sourceGroups.remember(placesIn(await source.commits([...asked]), isCopied));
      this.conditions.ended(finding, `The ${finding} are remembered`);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      // A cluster that cannot be asked is what the probes are about; a right that is missing is for a person.
      if (error instanceof KafkaRefusedError || error instanceof KafkaAuthenticationError)
        this.conditions.holds(finding, `The ${finding} cannot be remembered for a move: ${error.message}`);
    }
  }
}

/** Groups that consume none of the flow's topics are left out. */
function placesIn(
  commits: Awaited<ReturnType<ConsumerGroups['commits']>>,
  isCopied: (topic: string) => boolean,
): PlacesByGroup {
  const places = [...commits].map(([group, own]): readonly [string, Positions] => [
    group,
    Object.fromEntries(
      own.filter(({ topic }) => isCopied(topic)).map((commit) => [partitionKey(commit), commit.offset]),
    ),
  ]);
  return new Map(places.filter(([, own]) => Object.keys(own).length > 0));
}
