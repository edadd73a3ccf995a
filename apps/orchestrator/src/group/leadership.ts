import type { LeaseId, Journal } from '#libs/journal';
import type { Clock, Log, Readiness, TimeSample } from '#libs/runtime';
import { unfitToLead } from './fitness.js';
import { LeaseTime } from './lease-time.js';

export interface LeadershipPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  readonly readiness: Readiness;
  /** How time passed lately for this process. */
  readonly timeSamples: () => readonly TimeSample[];
}

export interface LeadershipTerms {
  readonly ttlMs: number;
  /** What a leader does at a time, one transaction, takes no longer. */
  readonly commitMs: number;
  /** An event loop that is later than this again and again makes a process unfit. */
  readonly lagMaxMs: number;
}

const COMPONENT = 'fitness to lead';

/**
 * This process's right to lead, as one journal lease shared by all groups it leads: keys put under it vanish when it is
 * not renewed in time. A hint only; every commit of a leader compares the leader key, so a lease that ended unnoticed
 * cannot do harm. Asked before every act; see ADR 0016.
 */
export class Leadership {
  private lease: LeaseId | undefined;
  private readonly time: LeaseTime;
  private renewing: Promise<void> | undefined;
  private granting: Promise<void> | undefined;
  private isDraining = false;
  private wasFit = true;

  constructor(
    private readonly ports: LeadershipPorts,
    private readonly terms: LeadershipTerms,
  ) {
    this.time = new LeaseTime(terms.ttlMs);
  }

  /**
   * Whether a leader may act now: its lease outlasts one transaction, renewed first where it does not. False also when
   * this process has just become unfit, and has resigned. @throws UnavailableError
   */
  async hold(): Promise<boolean> {
    if (this.isDraining || this.lease === undefined) return false;
    const { wasFit } = this;
    const unfit = this.judge();
    // Who leads in spite of it does so because nobody else would.
    if (unfit !== undefined && wasFit) {
      await this.resign(unfit);
      return false;
    }
    if (!this.coversCommit() || this.time.isDue(this.ports.clock.monotonicMs())) await this.renew();
    return this.lease !== undefined && this.coversCommit();
  }

  /**
   * A lease to claim a group under, proven just now: a claim under one that is gone would be refused again and again.
   * Undefined while others come first: always while this process ends, and while it is unfit until a group that nobody
   * claims has been without a leader for a whole lease. @throws UnavailableError
   */
  async candidacy(ownerlessForMs: number): Promise<LeaseId | undefined> {
    if (this.isDraining) return undefined;
    if (this.judge() !== undefined && ownerlessForMs < this.terms.ttlMs) return undefined;
    if (this.lease !== undefined) await this.renew();
    if (this.lease === undefined) await this.grant();
    return this.lease;
  }

  /** No new lease from now on, and nothing more is begun under the one that is held. */
  drain(): void {
    this.isDraining = true;
  }

  /** Lets another process lead at once. Best effort: the lease ends by itself otherwise. */
  async resign(reason: string): Promise<void> {
    const { lease } = this;
    this.forget();
    if (lease === undefined) return;
    this.ports.log.warn({ lease }, `Leaves the lead to others: ${reason}`);
    await this.revoke(lease);
  }

  private judge(): string | undefined {
    const { readiness, timeSamples } = this.ports;
    const unfit = unfitToLead(timeSamples(), this.terms.lagMaxMs);
    if (unfit !== undefined) readiness.missing(COMPONENT, `This process leaves the lead to others: ${unfit}`);
    else if (!this.wasFit) readiness.ready(COMPONENT);
    this.wasFit = unfit === undefined;
    return unfit;
  }

  private coversCommit(): boolean {
    return this.time.covers(this.terms.commitMs, this.ports.clock.monotonicMs());
  }

  /** Groups that ask at the same time share one answer. */
  private renew(): Promise<void> {
    return (this.renewing ??= this.renewOnce().finally(() => (this.renewing = undefined)));
  }

  private async renewOnce(): Promise<void> {
    const { lease } = this;
    if (lease === undefined) return;
    const sentAtMs = this.ports.clock.monotonicMs();
    const lives = await this.ports.journal.renewLease(lease);
    if (this.lease !== lease) return;
    if (lives) this.time.renewed(sentAtMs);
    else this.forget();
  }

  private grant(): Promise<void> {
    return (this.granting ??= this.grantOnce().finally(() => (this.granting = undefined)));
  }

  private async grantOnce(): Promise<void> {
    const sentAtMs = this.ports.clock.monotonicMs();
    const lease = await this.ports.journal.grantLease(this.terms.ttlMs);
    if (this.isDraining) return this.revoke(lease);
    this.lease = lease;
    this.time.renewed(sentAtMs);
  }

  private forget(): void {
    this.lease = undefined;
    this.time.ended();
  }

  private async revoke(lease: LeaseId): Promise<void> {
    await this.ports.journal.revokeLease(lease).catch(() => undefined);
  }
}
