import { processId, type ProcessId, type SiteId } from '#libs/domain';
import { InMemoryLog, ProcessReadiness, type Log, type Readiness, type TimeSample } from '#libs/runtime';
import { SimClock } from './sim-clock.js';
import type { Timeline } from './timeline.js';

/** What of a stall a process that looks at itself would remember. */
const REMEMBERED_MS = 20_000;
const STALL_MS = 500;

/** One incarnation of a process. It can stand still for a while, and it can be over: then nothing ever reaches it. */
export class SimProcess {
  readonly id: ProcessId;
  readonly clock: SimClock;
  readonly log: Log = new InMemoryLog();
  readonly readiness: Readiness;
  /** It reaches what it works on, and not the journal. */
  isCutOff = false;
  private isOver = false;
  private held: (() => void)[] | undefined;
  private stalls: readonly TimeSample[] = [];

  constructor(
    private readonly timeline: Timeline,
    readonly name: string,
    readonly site: SiteId,
    /** Tells incarnations of the same process apart. */
    readonly incarnation: number,
    feelsSkips: boolean,
  ) {
    this.id = processId(`${name}@${site}`);
    this.clock = new SimClock(timeline, { hearsTime: (wake) => this.hears(wake) }, feelsSkips);
    this.readiness = new ProcessReadiness(this.log, this.clock);
  }

  get lives(): boolean {
    return !this.isOver;
  }

  get runs(): boolean {
    return !this.isOver && this.held === undefined;
  }

  /** Dies here and now: whoever awaits something in it waits for ever. */
  end(): void {
    this.isOver = true;
    this.held = undefined;
  }

  /** Stands still. `isSuspended`: with its machine, so that its monotonic clock stands still too. */
  pauses(ms: number, isSuspended: boolean): void {
    if (!this.runs) return;
    this.held = [];
    this.timeline.after(ms, () => {
      if (this.isOver) return;
      if (isSuspended) this.clock.wasSuspended(ms);
      this.remembers({ lagMs: isSuspended ? 0 : ms, jumpMs: isSuspended ? ms : 0 });
      const held = this.held ?? [];
      this.held = undefined;
      for (const wake of held) this.hears(wake);
    });
  }

  jumps(byMs: number): void {
    this.clock.jumps(byMs);
    this.remembers({ lagMs: 0, jumpMs: byMs });
  }

  /** How time passed lately, as one would notice who looks ten times a second. */
  timeSamples(): readonly TimeSample[] {
    const fromMs = this.clock.monotonicMs() - REMEMBERED_MS;
    return this.stalls.filter(({ atMs }) => atMs >= fromMs);
  }

  /** Something reaches the process: now, when it goes on, or never. */
  hears(wake: () => void): void {
    if (this.isOver) return;
    if (this.held) this.held.push(wake);
    else wake();
  }

  /** Asks for something and hears the answer, if it is still there by then. */
  async ask<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isOver) return never();
    const answer = await ask().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    await this.awake();
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  listening<A extends readonly unknown[]>(listener: (...heard: A) => void): (...heard: A) => void {
    return (...heard) => this.hears(() => listener(...heard));
  }

  /** Everything that a client of something does, done as this process: whatever comes back comes to it. */
  using<T extends object>(client: T): T {
    return new Proxy(client, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return (...args: readonly unknown[]) => {
          const result: unknown = Reflect.apply(value, target, args);
          return result instanceof Promise ? this.ask(() => result) : result;
        };
      },
    });
  }

  private awake(): Promise<void> {
    if (this.runs) return Promise.resolve();
    return new Promise((resolve) => this.hears(resolve));
  }

  private remembers({ lagMs, jumpMs }: Pick<TimeSample, 'lagMs' | 'jumpMs'>): void {
    if (lagMs < STALL_MS && Math.abs(jumpMs) < STALL_MS) return;
    const sample: TimeSample = { atMs: this.clock.monotonicMs(), lagMs, jumpMs };
    // One long stall is many late looks in a row to whoever looks ten times a second, and they count as such.
    this.stalls = [...this.timeSamples(), sample, sample, sample];
  }
}

const never = <T>(): Promise<T> => new Promise(() => undefined);
