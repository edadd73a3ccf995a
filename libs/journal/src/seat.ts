import type { Clock } from '#libs/runtime';
import type { Journal, LeaseId } from './journal.js';

/**
 * Something that one process does at a time. The key lives as long as its holder renews a lease; whatever it writes in
 * its office compares the key, so a lease that ended unnoticed cannot do harm.
 */
export class Seat {
  private lease: LeaseId | undefined;
  private renewedAtMs = 0;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    readonly key: string,
    /** Unique to this incarnation: what the key holds while it is taken. */
    readonly name: string,
    private readonly ttlMs: number,
  ) {}

  /** Renews what is held, claims what nobody holds; whether this process has it. @throws SignalboxError */
  async hold(): Promise<boolean> {
    const { entries } = await this.journal.read(this.key);
    const holder = entries[0]?.value;
    if (holder !== undefined && holder !== this.name) return false;
    if (holder === undefined) return this.claim();
    if (this.clock.monotonicMs() - this.renewedAtMs >= this.ttlMs / 3) await this.renew();
    return true;
  }

  /** Lets another process have it at once. Best effort: the lease ends by itself otherwise. */
  async resign(): Promise<void> {
    const lease = this.lease;
    this.lease = undefined;
    if (lease !== undefined) await this.journal.revokeLease(lease).catch(() => undefined);
  }

  private async claim(): Promise<boolean> {
    const lease = await this.renew();
    const { committed } = await this.journal.commit({
      conditions: [{ kind: 'absent', key: this.key }],
      changes: [{ kind: 'put', key: this.key, value: this.name, lease }],
    });
    return committed;
  }

  private async renew(): Promise<LeaseId> {
    const sentAtMs = this.clock.monotonicMs();
    if (this.lease !== undefined && !(await this.journal.renewLease(this.lease))) this.lease = undefined;
    this.lease ??= await this.journal.grantLease(this.ttlMs);
    this.renewedAtMs = sentAtMs;
    return this.lease;
  }
}
