import { resourceKey, type ReassertedRecord } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { Leader } from './evaluation.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** Somebody who changes a resource back again and again fills the audit chain no faster than this. */
const LEAST_BETWEEN_MS = 60_000;

/** Takes what workers and guards re-asserted without a step into the audit chain, at once and then by the minute. */
export class ReassertionNotes {
  private readonly noted = new Map<string, { readonly audited: number; readonly atMs: number }>();

  constructor(private readonly clock: Clock) {}

  /** The transaction of the next note; undefined when there is none for now. */
  next(view: GroupView, leader: Leader): GroupTransaction | undefined {
    const due = view.reasserted.filter(
      ({ value, entry }) => this.sinceNotedMs(laneOf(entry.key, value), value) >= LEAST_BETWEEN_MS,
    );
    const held = due.find(({ value }) => value.times > value.audited);
    if (!held) return undefined;
    const { resource, times, audited, at, by, epoch, ordered, found, isLeft } = held.value;
    const { phase } = view.state;
    return new GroupTransaction(view)
      .asLeader(leader.name)
      .audited(held)
      .audit({
        at: this.clock.now(),
        actor: leader.actor,
        rule: isLeft ? 'mirror-runs-back' : 'weak-fence-reasserted',
        before: phase,
        after: phase,
        epoch: view.epoch,
        evidence: {
          resource: resourceKey(resource),
          times: times - audited,
          timesInAll: times,
          last: { at, by, epoch, ordered, found },
        },
      });
  }

  /** Counted from when the journal was seen to have a note: one that was not committed is tried again. */
  private sinceNotedMs(key: string, { audited }: ReassertedRecord): number {
    const nowMs = this.clock.monotonicMs();
    const before = this.noted.get(key);
    if (before?.audited === audited) return nowMs - before.atMs;
    const atMs = before === undefined ? -Infinity : nowMs;
    this.noted.set(key, { audited, atMs });
    return nowMs - atMs;
  }
}

/** What is left as it was found is other news than what was given back, and waits for none of it. */
const laneOf = (key: string, { isLeft = false }: ReassertedRecord): string => `${key} ${isLeft}`;
