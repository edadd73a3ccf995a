import type { FencedResource, GroupId, NameTarget } from '#libs/domain';
import type { NameProvider } from '../name-provider.js';
import type { NameOwnership } from '../ownership/name-ownership.js';
import type { NameTracker } from './name-tracker.js';
import type { Resolver } from './resolver.js';

/** A name of the topology, with all that is needed to look at it. */
export interface WatchedName {
  readonly group: GroupId;
  readonly zone: string;
  /** As signalbox.yaml has it. */
  readonly ttlSeconds: number;
  /** What a run changes. */
  readonly resource: FencedResource<NameTarget>;
  readonly provider: NameProvider;
  readonly tracker: NameTracker;
  readonly ownership: NameOwnership;
  /** Of this site. */
  readonly resolvers: readonly Resolver[];
}
