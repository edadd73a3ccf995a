import type { LeaseId, Journal } from '#libs/journal';
import type { Clock } from '#libs/runtime';

/**
 * This process's right to lead, as one journal lease: keys put under it vanish when it is not renewed in time. A hint
 * only; every commit of a leader compares the leader key, so a lease that ended unnoticed cannot do harm.
 */
export class Leadership {
  private lease: LeaseId | undefined;
  private renewedAtMs = 0;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ttlMs: number,
  ) {}

  /** A lease that is good for at least two thirds of its time. @throws UnavailableError, OutcomeUnknownError */
  async hold(): Promise<LeaseId> {
    const sentAtMs = this.clock.monotonicMs();
    if (this.lease !== undefined && sentAtMs - this.renewedAtMs < this.ttlMs / 3) return this.lease;
    return this.renew();
  }

  /** As `hold`, proven just now: a claim under a lease that is gone would be refused again and again. */
  async renew(): Promise<LeaseId> {
    const sentAtMs = this.clock.monotonicMs();
    if (this.lease !== undefined && !(await this.journal.renewLease(this.lease))) this.lease = undefined;
    this.lease ??= await this.journal.grantLease(this.ttlMs);
    this.renewedAtMs = sentAtMs;
    return this.lease;
  }

  /** Lets another process lead at once. Best effort: the lease ends by itself otherwise. */
  async resign(): Promise<void> {
    const lease = this.lease;
    this.lease = undefined;
    if (lease !== undefined) await this.journal.revokeLease(lease).catch(() => undefined);
  }
}
