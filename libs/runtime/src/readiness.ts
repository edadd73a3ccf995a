import type { Clock } from './clock.js';
import { ConditionLog } from './condition-log.js';
import type { Log } from './log.js';

/** `blocked`: without it this process cannot do its job at all; `degraded`: it goes on, and says what is missing. */
export type Impact = 'degraded' | 'blocked';

export type ComponentState =
  | { readonly state: 'ready' }
  | { readonly state: 'missing'; readonly reason: string; readonly impact: Impact; readonly forMs: number };

/** Counts and times of one part of a process, by name. */
export type Figures = Readonly<Record<string, number>>;

export interface ReadinessReport {
  /** `starting` and `blocked` answer 503. */
  readonly status: 'starting' | 'ready' | 'degraded' | 'blocked';
  readonly components: Readonly<Record<string, ComponentState>>;
  /** For people who look closer; nothing hangs on them. */
  readonly figures?: Readonly<Record<string, Figures>>;
}

/** Port: what this process works with, and whether it is there. Reporting is cheap: do it at every attempt. */
export abstract class Readiness {
  abstract ready(component: string): void;
  /** `reason` is a sentence for an operator: `Redis at 127.1.0.1:16379 is unreachable: connection refused`. */
  abstract missing(component: string, reason: string, impact?: Impact): void;
  /** This process has nothing to do with it any more, and does not know how it is. */
  abstract forget(component: string): void;
  /** Shown in the report until it is replaced. `of`: one of a fixed set of names. */
  abstract show(of: string, figures: Figures): void;
  abstract report(): ReadinessReport;
}

interface Absence {
  readonly reason: string;
  readonly impact: Impact;
  readonly since: number;
}

/** Logs every loss and return once. */
export class ProcessReadiness extends Readiness {
  private readonly components = new Map<string, Absence | 'ready'>();
  private readonly figures = new Map<string, Figures>();
  private readonly conditions: ConditionLog;
  private isStarted = false;

  constructor(
    log: Log,
    private readonly clock: Clock,
  ) {
    super();
    this.conditions = new ConditionLog(log, clock);
  }

  started(): void {
    this.isStarted = true;
  }

  override ready(component: string): void {
    this.components.set(component, 'ready');
    this.conditions.ended(component, `${component} is back`);
  }

  override missing(component: string, reason: string, impact: Impact = 'degraded'): void {
    const before = this.components.get(component);
    const since = before === undefined || before === 'ready' ? this.clock.monotonicMs() : before.since;
    this.components.set(component, { reason, impact, since });
    this.conditions.holds(component, reason);
  }

  override forget(component: string): void {
    this.components.delete(component);
    this.conditions.ended(component, `${component} is no longer looked at here`);
  }

  override show(of: string, figures: Figures): void {
    this.figures.set(of, figures);
  }

  override report(): ReadinessReport {
    const now = this.clock.monotonicMs();
    const entries = [...this.components].toSorted(([one], [other]) => one.localeCompare(other));
    const absences = entries.flatMap(([, state]) => (state === 'ready' ? [] : [state]));
    return {
      status: this.status(absences),
      components: Object.fromEntries(entries.map(([name, state]) => [name, shown(state, now)])),
      ...(this.figures.size > 0 && { figures: Object.fromEntries(this.figures) }),
    };
  }

  private status(absences: readonly Absence[]): ReadinessReport['status'] {
    if (!this.isStarted) return 'starting';
    if (absences.some(({ impact }) => impact === 'blocked')) return 'blocked';
    return absences.length > 0 ? 'degraded' : 'ready';
  }
}

const shown = (state: Absence | 'ready', now: number): ComponentState =>
  state === 'ready'
    ? { state }
    : { state: 'missing', reason: state.reason, impact: state.impact, forMs: Math.round(now - state.since) };
