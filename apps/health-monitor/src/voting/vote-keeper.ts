import { messageOf, type ClusterId, type Vote } from '#libs/domain';
import { keys, type Change, type Condition, type Journal, type LeaseId, type Revision } from '#libs/journal';
import type { Clock, Readiness } from '#libs/runtime';

const COMPONENT = 'journal';
const ATTEMPTS = 3;

export interface VoteKeeperOptions {
  /** A vote that is not renewed is gone after this. */
  readonly ttlMs: number;
  /** How often the lease is renewed, and the pause after a failure. */
  readonly everyMs: number;
}

interface Offer {
  readonly vote: Vote;
  readonly atMs: number;
}

interface Due {
  readonly offer: Offer;
  /** No round has renewed it: what it says is no longer what this process sees. */
  readonly isWithdrawal: boolean;
}

/**
 * Keeps this process's latest votes in the journal, under one lease, so that they end with the process. Rounds never wait
 * for it: while the journal cannot be reached newer votes replace older ones, and what is then the latest is written when
 * it is back, under a new lease if the old one has ended.
 *
 * A vote is written only where its key is as this process left it: a write whose answer was lost cannot be applied late,
 * over a newer vote. A vote that no round renews is withdrawn, though the lease lives on.
 */
export class VoteKeeper {
  private readonly offers = new Map<ClusterId, Offer>();
  private readonly written = new Map<ClusterId, Offer>();
  /** Of our keys; `undefined` when they must be looked at first. */
  private revisions?: Map<string, Revision>;
  private lease?: LeaseId;
  private renewedAtMs?: number;
  private mustRenew = true;
  private woken = new AbortController();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly options: VoteKeeperOptions,
  ) {}

  /** Takes the latest vote on a cluster and returns at once. */
  offer(vote: Vote): void {
    const offer = { vote, atMs: this.clock.monotonicMs() };
    this.offers.set(vote.cluster, offer);
    if (this.isDue(offer, this.options.ttlMs / 3)) this.woken.abort();
  }

  /** Whether this process's votes can be in the journal: they end with the lease. */
  get isRecorded(): boolean {
    return this.renewedAtMs !== undefined && this.clock.monotonicMs() - this.renewedAtMs < this.options.ttlMs;
  }

  /** Ends by withdrawing the votes. */
  start(): () => Promise<void> {
    const stopped = new AbortController();
    const running = this.run(stopped.signal);
    return () => {
      stopped.abort();
      this.woken.abort();
      return running;
    };
  }

  private async run(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      // Renewed before the votes are looked at, so that one that is offered meanwhile is not slept over.
      this.woken = new AbortController();
      const isKept = await this.keep();
      // After a failure the pace holds, however many votes are waiting.
      await this.clock.sleep(this.options.everyMs, isKept ? this.woken.signal : stopped);
    }
    if (this.lease !== undefined) await this.journal.revokeLease(this.lease).catch(() => undefined);
  }

  private async keep(): Promise<boolean> {
    try {
      await this.keepOnce();
      this.readiness.ready(COMPONENT);
      return true;
    } catch (error) {
      this.readiness.missing(COMPONENT, `Not voting, since the journal cannot be reached: ${messageOf(error)}`);
      return false;
    }
  }

  private async keepOnce(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      await this.keepLease();
      if (await this.write()) return;
      this.revisions = undefined;
      this.mustRenew = true;
    }
  }

  private async keepLease(): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (!this.mustRenew && nowMs - (this.renewedAtMs ?? nowMs) < this.options.everyMs) return;
    const isHeld = this.lease !== undefined && (await this.journal.renewLease(this.lease));
    if (!isHeld) {
      this.lease = await this.journal.grantLease(this.options.ttlMs);
      this.written.clear();
      this.revisions = undefined;
    }
    this.renewedAtMs = nowMs;
    this.mustRenew = false;
  }

  /** Everything that is due in one transaction; false when the lease or a key is not as we left it. */
  private async write(): Promise<boolean> {
    const { lease } = this;
    const due = this.due();
    if (due.length === 0 || lease === undefined) return true;
    const revisions = (this.revisions ??= await this.look());
    const outcome = await this.journal.commit({
      conditions: due.map(({ offer }) => asLeft(keyOf(offer.vote), revisions)),
      changes: due.map((one) => change(one, lease)),
    });
    if (!outcome.committed) return false;
    for (const one of due) this.noteWritten(one, revisions, outcome.revision);
    return true;
  }

  private due(): readonly Due[] {
    const { ttlMs } = this.options;
    const offers = [...this.offers.values()];
    if (!offers.some((offer) => this.isDue(offer, ttlMs / 3))) return [];
    // What would be due soon goes along with what is due now.
    const nowMs = this.clock.monotonicMs();
    return offers
      .filter((offer) => this.isDue(offer, ttlMs / 6))
      .map((offer) => ({ offer, isWithdrawal: nowMs - offer.atMs > ttlMs }));
  }

  private isDue({ vote, atMs }: Offer, maxAgeMs: number): boolean {
    const nowMs = this.clock.monotonicMs();
    const before = this.written.get(vote.cluster);
    if (!before || nowMs - atMs > this.options.ttlMs) return true;
    if (before.vote.sequence === vote.sequence) return false;
    if (vote.opinion !== 'up' || before.vote.opinion !== 'up') return true;
    if (before.vote.rebornBecause !== vote.rebornBecause) return true;
    return before.vote.kafkaClusterId !== vote.kafkaClusterId || nowMs - before.atMs >= maxAgeMs;
  }

  private noteWritten({ offer, isWithdrawal }: Due, revisions: Map<string, Revision>, revision: Revision): void {
    const { cluster } = offer.vote;
    if (!isWithdrawal) {
      revisions.set(keyOf(offer.vote), revision);
      this.written.set(cluster, { vote: offer.vote, atMs: this.clock.monotonicMs() });
      return;
    }
    revisions.delete(keyOf(offer.vote));
    this.written.delete(cluster);
    if (this.offers.get(cluster) === offer) this.offers.delete(cluster);
  }

  private async look(): Promise<Map<string, Revision>> {
    const { entries } = await this.journal.read(...[...this.offers.values()].map(({ vote }) => keyOf(vote)));
    return new Map(entries.map(({ key, revision }) => [key, revision]));
  }
}

const change = ({ offer: { vote }, isWithdrawal }: Due, lease: LeaseId): Change =>
  isWithdrawal
    ? { kind: 'delete', key: keyOf(vote) }
    : { kind: 'put', key: keyOf(vote), value: JSON.stringify(vote), lease };

const keyOf = ({ cluster, site, process }: Vote): string => keys.vote(cluster, site, process);

const asLeft = (key: string, revisions: ReadonlyMap<string, Revision>): Condition => {
  const revision = revisions.get(key);
  return revision === undefined ? { kind: 'absent', key } : { kind: 'unchanged', key, revision };
};
