import {
  messageOf,
  NEVER_STAMPED,
  resourceKey,
  SignalboxError,
  ttlSecondsOf,
  type NameReport,
  type ProcessId,
  type SiteId,
} from '#libs/domain';
import type { HeldOrder, OrderLedger } from '#libs/jobs';
import { openSpan, type Clock, type Readiness, type Stop } from '#libs/runtime';
import { driftOf } from './name-drift.js';
import { lookAt, type NameLook } from './name-look.js';
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

interface Watch {
  readonly watched: WatchedName;
  nextMs: number;
  look?: NameLook;
  report?: NameReport;
  /** Ends the span of a change on its way. */
  endSpan?: ReturnType<typeof openSpan>;
  spreadsSinceMs?: number;
  isRestored: boolean;
}

/**
 * Follows every name from the provider to the resolvers of this site, and says in the journal what it sees: every second
 * while an old answer may live, every few seconds else. It changes nothing.
 */
export class NameWatch {
  private readonly watches: readonly Watch[];
  private readonly stopped = new AbortController();
  private stopTicks: Stop = () => undefined;

  constructor(
    names: readonly WatchedName[],
    private readonly ports: NameWatchPorts,
    private readonly settings: NameWatchSettings,
  ) {
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
    const lane = async () => {
      for (let watch = due.shift(); watch && !this.stopped.signal.aborted; watch = due.shift())
        await this.attend(watch);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, lane));
  }

  private async attend(watch: Watch): Promise<void> {
    const { clock, readiness } = this.ports;
    const component = `name ${watch.watched.tracker.name}`;
    try {
      await this.restore(watch);
      const report = await this.look(watch);
      await this.ports.reports.write(report);
      this.measure(watch, report);
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

  private async look(watch: Watch): Promise<NameReport> {
    const { clock } = this.ports;
    const { watched } = watch;
    const { tracker, group } = watched;
    const before = await this.orderOf(watched);
    const limit = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(this.settings.lookTimeoutMs)]);
    const look = await lookAt(watched, watch.look, limit);
    // Asked again after the name: an order that was withdrawn meanwhile belongs to a run, which changes it.
    const after = before && (await this.orderOf(watched));
    const isStanding = after !== undefined && before?.revision === after.revision;
    const at = clock.now();
    const drift = isStanding ? driftOf(after.order, look, watch.report?.drift, at) : undefined;
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

  /** Of a name that this site keeps; undefined while a run has it in hand. */
  private async orderOf({ tracker }: WatchedName): Promise<HeldOrder | undefined> {
    const key = resourceKey({ kind: 'name', name: tracker.name });
    const standing = await this.ports.orders.standing('dns-switcher', this.settings.site);
    return standing.find(({ order }) => resourceKey(order.resource) === key);
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

  /** A span and figures for each change, from when it was first seen to when nobody can have an old answer. */
  private measure(
    watch: Watch,
    { name, state, oldTtlSeconds = 0, until, resolvers, servers, drift, epoch = NEVER_STAMPED }: NameReport,
  ): void {
    const { clock, readiness } = this.ports;
    const nowMs = clock.monotonicMs();
    const giving = (all: readonly { readonly gives: string }[], what: string) =>
      all.filter(({ gives }) => gives === what).length;
    const attributes = {
      'dns.old_ttl_s': oldTtlSeconds,
      'dns.servers': servers.length,
      'dns.resolvers': resolvers.length,
      'dns.resolvers_ignoring_ttl': resolvers.filter(({ ignoresTtl }) => ignoresTtl === true).length,
    };
    if (state === 'propagating' && watch.endSpan === undefined) {
      watch.endSpan = openSpan('dns.propagation', { 'dns.name': name, 'signalbox.epoch': epoch, ...attributes });
      watch.spreadsSinceMs = nowMs;
    }
    const lastedMs = watch.spreadsSinceMs === undefined ? 0 : Math.round(nowMs - watch.spreadsSinceMs);
    if (state === 'done' && watch.endSpan !== undefined) {
      watch.endSpan({ ...attributes, 'dns.lasted_ms': lastedMs });
      delete watch.endSpan;
    }
    readiness.show(`name ${name}`, {
      isPropagating: state === 'propagating' ? 1 : 0,
      oldAnswersForMs: until === undefined ? 0 : Math.max(0, until - clock.now()),
      lastPropagationMs: lastedMs,
      serversNew: giving(servers, 'new'),
      serversOld: giving(servers, 'old'),
      serversSilent: giving(servers, 'nothing'),
      resolversNew: giving(resolvers, 'new'),
      resolversOld: giving(resolvers, 'old'),
      resolversIgnoringTtl: attributes['dns.resolvers_ignoring_ttl'],
      isDrifted: drift ? 1 : 0,
    });
  }
}
