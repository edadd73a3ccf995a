import { permittedAccess } from '#libs/decision';
import { instant, processId, type GroupId, type GuardRecord, type SiteId, type WriteAccess } from '#libs/domain';
import { decodeOrThrow } from '#libs/contracts';
import { GroupStateWire, keys, type Journal } from '#libs/journal';
import type { Clock, Stop } from '#libs/runtime';
import type { Topology } from '#libs/topology';

export type SetAccess = (group: GroupId, site: SiteId, access: WriteAccess, why: string) => void;

interface SentryParts {
  readonly topology: Topology;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Asks no fence: what a guard does by itself carries no new epoch. */
  readonly setAccess: SetAccess;
}

/**
 * Stands in for a site's guard where it holds the site's lease and fences by itself; its steps are done by a real worker.
 * The guard itself is tested beside its code: here it is enough that it renews, falls silent, and fences in time.
 */
export class Sentry {
  isArmed = true;
  #renewal = 0;
  #renewedAtMs: number;
  #hasFenced = false;
  #stop: Stop | undefined;

  constructor(
    private readonly site: SiteId,
    private readonly incarnation: number,
    private readonly parts: SentryParts,
  ) {
    this.#renewedAtMs = parts.clock.monotonicMs();
  }

  start(): void {
    if (this.incarnation > 1) this.#fence('its guard has just started');
    this.#stop = this.parts.clock.every(this.parts.topology.policy.guardRenewMs, () => this.#turn());
  }

  stop(): void {
    this.#stop?.();
  }

  async #turn(): Promise<void> {
    try {
      await this.#renew();
      this.#renewedAtMs = this.parts.clock.monotonicMs();
      await this.#followOrders();
    } catch {
      const silentMs = this.parts.clock.monotonicMs() - this.#renewedAtMs;
      const { selfFenceMs } = this.parts.topology.policy;
      if (silentMs >= selfFenceMs && !this.#hasFenced)
        this.#fence(`its guard could not renew for ${selfFenceMs / 1_000} s`);
    }
  }

  async #renew(): Promise<void> {
    const { topology, journal, clock } = this.parts;
    const record: GuardRecord = {
      site: this.site,
      process: processId(`site-guard@${this.site}`),
      incarnation: String(this.incarnation),
      renewal: ++this.#renewal,
      armed: this.isArmed,
      armedBy: this.isArmed ? 'acl' : 'none: the proof on the canary topic failed',
      selfFenceMs: topology.policy.selfFenceMs,
      enforced: {},
      at: instant(clock.now()),
    };
    const lease = await journal.grantLease(topology.policy.selfFenceMs);
    await journal.commit({
      conditions: [],
      changes: [
        { kind: 'put', key: keys.guard(this.site), value: JSON.stringify(record) },
        { kind: 'put', key: keys.guardLease(this.site), value: record.process, lease },
      ],
    });
  }

  /** What the journal lets this site's clients and mirrors do, where no run's step says it. */
  async #followOrders(): Promise<void> {
    for (const { id, sites, mode } of this.parts.topology.groups) {
      if (!sites.includes(this.site) || mode === 'observe') continue;
      const { entries } = await this.parts.journal.read(keys.groupState(id));
      const [entry] = entries;
      const access = entry && permittedAccess(decodeOrThrow(GroupStateWire, entry.value, entry.key), this.site);
      if (access !== undefined) this.parts.setAccess(id, this.site, access, 'its guard does as the journal orders');
    }
    this.#hasFenced = false;
  }

  #fence(why: string): void {
    this.#hasFenced = true;
    if (!this.isArmed) return;
    for (const { id, sites, mode } of this.parts.topology.groups)
      if (sites.includes(this.site) && mode !== 'observe') this.parts.setAccess(id, this.site, 'none', why);
  }
}
