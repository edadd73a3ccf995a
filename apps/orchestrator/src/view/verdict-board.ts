import { Injectable } from '@nestjs/common';
import type { GroupState } from '#libs/decision';
import type { ClusterId, Verdict, Vote } from '#libs/domain';
import { verdictsOf } from '../group/evidence.js';
import type { KnownGroup } from '../group/group-directory.js';
import { LocalView } from '../observation/local-view.js';
import { ThisProcess } from '../this-process.js';
import { EventFeed } from './event-feed.js';

export interface Shown {
  readonly verdict: Verdict;
  /** False when it is this process's own view, because the journal cannot be reached; never acted on. */
  readonly recorded: boolean;
}

/** The latest verdict on each cluster; changes are told to the feed. */
@Injectable()
export class VerdictBoard {
  private readonly latest = new Map<ClusterId, Shown>();

  constructor(
    private readonly self: ThisProcess,
    private readonly localView: LocalView,
    private readonly feed: EventFeed,
  ) {}

  showRecorded(group: KnownGroup, votes: readonly Vote[], knownAs?: GroupState['knownAs']): void {
    this.show(group, votes, true, knownAs);
  }

  showLocal(group: KnownGroup): void {
    this.show(group, this.localView.votes(), false);
  }

  all(): readonly Shown[] {
    return [...this.latest.values()];
  }

  on(cluster: ClusterId): Shown | undefined {
    return this.latest.get(cluster);
  }

  private show(
    { settings }: KnownGroup,
    votes: readonly Vote[],
    recorded: boolean,
    knownAs?: GroupState['knownAs'],
  ): void {
    for (const verdict of verdictsOf(votes, this.self.voters, settings, knownAs)) {
      const before = this.latest.get(verdict.cluster);
      this.latest.set(verdict.cluster, { verdict, recorded });
      const isSame = before?.verdict.rule === verdict.rule && before.verdict.kind === verdict.kind;
      if (!isSame || before.recorded !== recorded) {
        this.feed.emit({ kind: 'verdict', data: { verdict, recorded } });
      }
    }
  }
}
