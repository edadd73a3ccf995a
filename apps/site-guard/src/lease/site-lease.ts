import { messageOf, SignalboxError, type GroupId, type GuardRecord, type ProcessId, type SiteId } from '#libs/domain';
import { keys, type Journal, type LeaseId } from '#libs/journal';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { Group } from '#libs/topology';
import type { GuardStatus } from '../guard-status.js';
import { readOrders } from './orders.js';
import { leaseLeftMs, type Moment, type Order } from './self-fence.js';

export interface LeaseSettings {
  readonly site: SiteId;
  readonly process: ProcessId;
  readonly incarnation: string;
  readonly groups: readonly Group[];
  readonly guardRenewMs: number;
  readonly selfFenceMs: number;
}

/** Holds the site's lease: renews it, and knows what the journal said right after each renewal. */
export class SiteLease {
  private lastRenewal?: Moment;
  private orders: ReadonlyMap<GroupId, Order> = new Map();
  private lease?: LeaseId;
  private renewals = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    private readonly status: GuardStatus,
    private readonly settings: LeaseSettings,
  ) {}

  start(): Stop {
    return this.clock.every(this.settings.guardRenewMs, () => this.renew());
  }

  /** Time left on what was sent last and answered; 0 or less: lapsed. */
  leftMs(): number {
    return leaseLeftMs(this.lastRenewal, this.now(), this.settings.selfFenceMs);
  }

  holds(): boolean {
    return this.leftMs() > 0;
  }

  /** When the last renewal that counts was sent. On the monotonic clock. */
  renewedAtMs(): number {
    return this.lastRenewal?.monotonicMs ?? -Infinity;
  }

  /** The newest order, however old: whether it may still be followed, `holds` says. */
  order(group: GroupId): Order | undefined {
    return this.orders.get(group);
  }

  /** Calls `listener` after every renewal. */
  onRenewal(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Reads AFTER it has renewed: whoever changes the orders later has to wait for this renewal to run out. */
  async renew(): Promise<void> {
    const sent = this.now();
    try {
      if (!(await this.commit())) return;
      const orders = await readOrders(this.journal, this.settings.groups, this.settings.site);
      this.orders = orders;
      this.lastRenewal = sent;
      this.readiness.ready('site lease');
      for (const listener of this.listeners) listener();
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing('site lease', `The site's lease cannot be renewed: ${messageOf(error)}`);
    }
  }

  /** A renewal whose outcome is unknown may count for whoever waits, and never counts for us. */
  private async commit(): Promise<boolean> {
    const held = this.lease;
    if (held !== undefined && (await this.commitUnder(held))) return true;
    // It ended while we were cut off.
    this.lease = undefined;
    this.lease = await this.journal.grantLease(this.settings.selfFenceMs);
    return this.commitUnder(this.lease);
  }

  private async commitUnder(lease: LeaseId): Promise<boolean> {
    const { site } = this.settings;
    const record = this.record();
    const [alive, outcome] = await Promise.all([
      this.journal.renewLease(lease),
      this.journal.commit({
        conditions: [],
        changes: [
          { kind: 'put', key: keys.guard(site), value: JSON.stringify(record) },
          { kind: 'put', key: keys.guardLease(site), value: record.incarnation, lease },
        ],
      }),
    ]);
    return alive && outcome.committed;
  }

  private record(): GuardRecord {
    const { site, process, incarnation, selfFenceMs } = this.settings;
    const renewal = ++this.renewals;
    const { enforced } = this.status;
    return { site, process, incarnation, renewal, ...this.status.armed, selfFenceMs, enforced, at: this.clock.now() };
  }

  private now(): Moment {
    return { monotonicMs: this.clock.monotonicMs(), at: this.clock.now() };
  }
}
