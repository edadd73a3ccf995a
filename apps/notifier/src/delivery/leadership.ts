import { keys, type Journal, type LeaseId } from '#libs/journal';
import type { Clock } from '#libs/runtime';

/**
 * Which notifier delivers. The key lives as long as its holder renews a lease; every move of a cursor compares it, and
 * every delivery asks for it right before.
 */
export class Leadership {
  private lease: LeaseId | undefined;
  private renewedAtMs = 0;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    /** Unique to this incarnation: what the key holds while it leads. */
    readonly name: string,
    private readonly ttlMs: number,
  ) {}

  /** Renews what is held, claims what nobody holds; whether this process leads. @throws SignalboxError */
  async hold(): Promise<boolean> {
    const { entries } = await this.journal.read(keys.notifierLeader());
    const holder = entries[0]?.value;
    if (holder !== undefined && holder !== this.name) return false;
    if (holder === undefined) return this.claim();
    if (this.clock.monotonicMs() - this.renewedAtMs >= this.ttlMs / 3) await this.renew();
    return true;
  }

  /** Lets another notifier deliver at once. Best effort: the lease ends by itself otherwise. */
  async resign(): Promise<void> {
    const lease = this.lease;
    this.lease = undefined;
    if (lease !== undefined) await this.journal.revokeLease(lease).catch(() => undefined);
  }

  private async claim(): Promise<boolean> {
    const lease = await this.renew();
    const key = keys.notifierLeader();
    const { committed } = await this.journal.commit({
      conditions: [{ kind: 'absent', key }],
      changes: [{ kind: 'put', key, value: this.name, lease }],
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
