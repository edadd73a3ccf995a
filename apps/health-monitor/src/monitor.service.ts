import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Membership } from '#libs/journal';
import type { FlowWatch } from './lag/flow-watch.js';
import type { PositionKeeper } from './lag/position-keeper.js';
import type { ClusterWatch } from './probing/cluster-watch.js';
import type { SelfDoubt } from './probing/self-doubt.js';
import type { Reporting } from './reporting.js';
import type { VoteKeeper } from './voting/vote-keeper.js';

export interface MonitorParts {
  /** No newer schema of the journal comes into force while this version votes. */
  readonly membership: Membership;
  readonly selfDoubt: SelfDoubt;
  readonly clusters: readonly ClusterWatch[];
  readonly flows: readonly FlowWatch[];
  readonly positions: PositionKeeper;
  readonly votes: VoteKeeper;
  readonly reporting: Reporting;
}

/** Starts and stops everything that watches. */
@Injectable()
export class Monitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private stops: readonly (() => unknown)[] = [];

  constructor(private readonly parts: MonitorParts) {}

  onApplicationBootstrap(): void {
    const { membership, selfDoubt, clusters, flows, positions, votes, reporting } = this.parts;
    membership.start();
    const watches = clusters.map((watch) => watch.start((round) => reporting.report(round, flows)));
    this.stops = [
      ...watches,
      ...flows.map((flow) => flow.start()),
      positions.start(),
      selfDoubt.start(),
      votes.start(),
      () => membership.stop(),
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop()));
  }
}
