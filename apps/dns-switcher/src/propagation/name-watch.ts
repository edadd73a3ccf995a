import {
  messageOf,
  NEVER_STAMPED,
  resourceKey,
  SignalboxError,
  ttlSecondsOf,
  type Instant,
  type NameReport,
  type ProcessId,
  type SiteId,
} from '#libs/domain';
import type { HeldOrder, OrderLedger } from '#libs/jobs';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import { driftOf } from './name-drift.js';
import { lookAt, type NameLook } from './name-look.js';
import { NameMeasures } from './name-measures.js';
import type { NameReports } from './name-reports.js';
import { propagationOf } from './propagation.js';
import type { WatchedName } from './watched-name.js';

const TICK_MS = 1_000;
/** Somebody who changes a name behind our back is found within this and one look. */
const LOOK_MS = 5_000;
/** A zone of hundreds of names must not be asked for all of them at once. */
const SIDE_BY_SIDE = 8;

export interface NameWatchPorts {
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly reports: NameReports;
  readonly orders: OrderLedger;
}

export interface NameWatchSettings {
  readonly site: SiteId;
  readonly process: ProcessId;
  /** For everything that one look asks. */
  readonly lookTimeoutMs: number;
}

type Orders = ReadonlyMap<string, HeldOrder>;

interface Watch {
  readonly watched: WatchedName;
  nextMs: number;
  look?: NameLook;
  report?: NameReport;
  isRestored: boolean;
}

/**
 * Follows every name from the provider to the resolvers of this site, and says in the journal what it sees: every second
 * while an old answer may live, every few seconds else. It changes nothing.
 */
export class NameWatch {
  private readonly watches: readonly Watch[];
  private readonly measures: NameMeasures;
  private readonly stopped = new AbortController();
  private stopTicks: Stop = () => undefined;

  constructor(
    names: readonly WatchedName[],
    private readonly ports: NameWatchPorts,
    private readonly settings: NameWatchSettings,
  ) {
    this.measures = new NameMeasures(ports.clock, ports.readiness);
    this.watches = names.map((watched) => ({ watched, nextMs: -Infinity, isRestored: false }));
  }

  start(): void {
    this.stopTicks = this.ports.clock.every(TICK_MS, () => this.tick());
  }

  stop(): void {
    this.stopped.abort();
    this.stopTicks();
  }

  /** Looks at what is due. */
  async tick(): Promise<void> {
    const nowMs = this.ports.clock.monotonicMs();
    const due = this.watches.filter(({ nextMs }) => nextMs <= nowMs);
    if (due.length === 0) return;
    const orders = await this.standing();
    const lane = async () => {
      for (let watch = due.shift(); watch && !this.stopped.signal.aborted; watch = due.shift())
        await this.attend(watch, orders);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  }

  private async attend(watch: Watch, orders: Orders | undefined): Promise<void> {
    const { clock, readiness } = this.ports;
    const component = `name ${watch.watched.tracker.name}`;
    try {
      await this.restore(watch);
      const report = await this.look(watch, orders);
      await this.ports.reports.write(report);
      this.measures.note(report);
      this.ready(component, report);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      readiness.missing(component, `What it looks like cannot be written down: ${messageOf(error)}`);
    }
    const isUrgent = watch.report?.state === 'propagating';
    watch.nextMs = clock.monotonicMs() + (isUrgent ? 0 : LOOK_MS);
  }

  /** What was on its way when an earlier incarnation of this process ended is still on its way. */
  private async restore(watch: Watch): Promise<void> {
    if (watch.isRestored) return;
    const { tracker, group } = watch.watched;
    const last = await this.ports.reports.last(group, tracker.name);
    const isOurs = tracker.changes > 0;
    if (last?.state === 'propagating' && !isOurs)
      tracker.restore(
        last.until,
        last.oldTtlSeconds ?? 0,
        last.servers.map(({ address }) => address),
      );
    if (last) watch.report = last;
    watch.isRestored = true;
  }

  private async look(watch: Watch, orders: Orders | undefined): Promise<NameReport> {
    const { clock } = this.ports;
    const { watched } = watch;
    const { tracker, group } = watched;
    const limit = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(this.settings.lookTimeoutMs)]);
    const look = await lookAt(watched, watch.look, limit);
    const at = clock.now();
    const drift = await this.driftOf(watch, look, orders, at);
    const spreading = tracker.spreading();
    const { target, epoch } = 'target' in look.held ? look.held : {};
    const ttlSeconds = Math.max(tracker.servedTtlSeconds, (target && ttlSecondsOf(target)) ?? 0);
    watch.look = look;
    watch.report = {
      name: tracker.name,
      group,
      site: this.settings.site,
      by: this.settings.process,
      at,
      ...propagationOf(spreading, look.resolvers, clock.monotonicMs()),
      ...(target && { target: JSON.parse(JSON.stringify(target)) }),
      ...(epoch !== undefined && { epoch }),
      ...('problem' in look.held && { problem: look.held.problem }),
      ttlSeconds,
      oldTtlSeconds: spreading.oldTtlSeconds,
      servers: look.servers,
      owners: look.owners,
      ...(drift && { drift }),
      news: [],
    };
    return watch.report;
  }

  /** While the journal does not say what was ordered, what was known stands. */
  private async driftOf(watch: Watch, look: NameLook, orders: Orders | undefined, at: Instant) {
    const known = watch.report?.drift;
    if (orders === undefined) return known;
    const key = resourceKey({ kind: 'name', name: watch.watched.tracker.name });
    const held = orders.get(key);
    const drift = held && driftOf(held.order, look, known, at);
    if (!drift || drift.since === known?.since) return drift;
    // Asked again after the name: an order that was withdrawn meanwhile belongs to a run, which changes it.
    const now = (await this.standing())?.get(key);
    return now?.revision === held?.revision ? drift : undefined;
  }

  /** Of the names that this site keeps and no run has in hand; undefined while the journal does not answer. */
  private async standing(): Promise<Orders | undefined> {
    try {
      const standing = await this.ports.orders.standing('dns-switcher', this.settings.site);
      return new Map(standing.map((held) => [resourceKey(held.order.resource), held]));
    } catch (error) {
      // The worker that looks for steps says that the journal is missing.
      if (!(error instanceof SignalboxError)) throw error;
      return undefined;
    }
  }

  private ready(component: string, { owners, problem, drift, epoch }: NameReport): void {
    const { readiness } = this.ports;
    const foreign = owners.filter(({ isAdopted }) => !isAdopted).map(({ name }) => name);
    // That a primary does not answer is said once, where it is watched.
    if (problem !== undefined) readiness.forget(component);
    else if (drift) readiness.missing(component, `It holds ${drift.found} instead of ${drift.expected}`);
    else if (foreign.length > 0 && epoch === NEVER_STAMPED)
      readiness.missing(component, `It belongs to ${foreign.join(', ')}, and will not be switched`);
    else readiness.ready(component);
  }
}
