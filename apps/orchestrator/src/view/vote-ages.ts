import { Injectable } from '@nestjs/common';
import type { Vote } from '#libs/domain';
import { Clock } from '#libs/runtime';
import type { Held } from '../group/group-view.js';

/** Longer than any vote stands without being renewed; every group is looked at much more often. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Known {
  readonly text: string;
  readonly sinceMs: number;
  readonly lastSeenMs: number;
}

/**
 * How long this process has known each vote, on its own monotonic clock: a vote says nothing of when it was cast, and no two
 * clocks are compared. It was cast at most one look earlier; how long it can stand at all, its lease says.
 */
@Injectable()
export class VoteAges {
  private readonly known = new Map<string, Known>();

  constructor(private readonly clock: Clock) {}

  /** Votes as one read of the journal shows them. */
  saw(votes: readonly Held<Vote>[]): void {
    const nowMs = this.clock.monotonicMs();
    for (const { entry } of votes) {
      const { key, value: text } = entry;
      const before = this.known.get(key);
      const sinceMs = before?.text === text ? before.sinceMs : nowMs;
      this.known.set(key, { text, sinceMs, lastSeenMs: nowMs });
    }
    for (const [key, { lastSeenMs }] of this.known) {
      if (nowMs - lastSeenMs > FORGOTTEN_AFTER_MS) this.known.delete(key);
    }
  }

  /** Undefined for a vote that it was not shown. */
  ageMs({ entry: { key, value } }: Held<Vote>): number | undefined {
    const known = this.known.get(key);
    return known?.text === value ? Math.round(this.clock.monotonicMs() - known.sinceMs) : undefined;
  }
}
