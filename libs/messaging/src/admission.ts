import type { Clock, Log, Metrics, Readiness } from '#libs/runtime';
import type { EventIdentity } from './event-bus.js';
import { FirstSeen } from './first-seen.js';
import { SparseLog } from './sparse-log.js';

const REJECTIONS = ['forged', 'malformed', 'from-the-future', 'copy', 'flood', 'unhandled'] as const;
/**
 * Why an event does not count. `forged`: no site signed it, so somebody else writes to the topic; `copy`: it came through
 * another cluster too, or is a replay; nobody is told.
 */
export type Rejection = (typeof REJECTIONS)[number];

/** Clocks of sites may differ by this much, and no more, before what they say is no past fact. */
const FUTURE_MAX_MS = 60_000;
/** From one origin in one window; a vantage that watches thirty clusters needs a hundred. */
const FLOOD_WINDOW_MS = 10_000;
const FLOOD_MAX = 500;

interface Window {
  startedAtMs: number;
  count: number;
}

export interface AdmissionRuntime {
  readonly clock: Clock;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly metrics?: Metrics | undefined;
  /** Somebody who is no site writes to the topic: hears of each, so it says what it does with a flood. */
  readonly onForged?: (problem: string) => void;
}

/** Decides which events of a subscription count, and counts those that do not, by reason; its log is never a flood itself. */
export class Admission {
  private readonly firstSeen = new FirstSeen();
  private readonly windows = new Map<string, Window>();
  private readonly counts: Partial<Record<Rejection, number>> = {};
  private readonly logs = new Map<Rejection, SparseLog>();

  constructor(
    private readonly topic: string,
    private readonly runtime: AdmissionRuntime,
  ) {
    // From nothing: what is 1 when it is first seen is no rise to an alert.
    for (const reason of REJECTIONS) runtime.metrics?.count('signalbox.events.dropped', { reason }, 0);
  }

  /** Whether a verified event is to be handled. `what` names the record it came in. */
  admits(identity: EventIdentity, what: string): boolean {
    const { origin = identity.source, atMs } = identity;
    const nowMs = this.runtime.clock.now();
    // Not to be read (NaN) is not in the past either.
    if (atMs !== undefined && !(atMs <= nowMs + FUTURE_MAX_MS)) {
      return this.reject('from-the-future', `${what} is dated ${Math.round((atMs - nowMs) / 1_000)} s ahead`);
    }
    if (!this.firstSeen.isFirst(identity)) return this.reject('copy');
    if (this.isFlood(origin)) return this.reject('flood', `${origin} sends more than anybody watches`);
    return true;
  }

  /** Counts it; tells at most one in a minute of each reason. */
  reject(reason: Rejection, message?: string): false {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
    this.runtime.metrics?.count('signalbox.events.dropped', { reason });
    if (reason === 'forged') this.runtime.onForged?.(message ?? '');
    if (message !== undefined) this.logOf(reason).warn(`Dropped an event (${reason}). ${message}`);
    this.runtime.readiness.show(`events of ${this.topic} dropped`, { ...this.counts });
    return false;
  }

  private isFlood(origin: string): boolean {
    const nowMs = this.runtime.clock.monotonicMs();
    const window = this.windows.get(origin);
    if (!window || nowMs - window.startedAtMs >= FLOOD_WINDOW_MS) {
      this.windows.set(origin, { startedAtMs: nowMs, count: 1 });
      return false;
    }
    return ++window.count > FLOOD_MAX;
  }

  private logOf(reason: Rejection): SparseLog {
    const known = this.logs.get(reason) ?? new SparseLog(this.runtime.clock, this.runtime.log);
    this.logs.set(reason, known);
    return known;
  }
}
