import { ttlSecondsOf, type Instant, type NameTarget } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { hasSameSets } from '../name-change.js';
import type { RecordSet } from '../record-set.js';
import { answersShow, setsOf, type SetShape } from '../target-sets.js';
import { changeBegins, horizonMs, NOTHING_SPREADS, seenWithNew, seenWithOther, type Spread } from './horizon.js';

/** How far a name's present value has spread. */
export interface Spreading {
  /** On the monotonic clock; undefined while a server may still hand out another answer. */
  readonly horizonMs: number | undefined;
  /** The same moment for people. */
  readonly until: Instant | undefined;
  readonly oldTtlSeconds: number;
  readonly unseen: readonly string[];
}

/**
 * What this process knows of one name's way from the provider to every authoritative server, put together from its own
 * writes and from all that it sees, whoever looks.
 */
export class NameTracker {
  #current: NameTarget | undefined;
  #spread: Spread = NOTHING_SPREADS;
  #changes = 0;
  #isRestored = false;
  #until: { readonly of: number; readonly at: Instant } | undefined;
  /** Of the answers that the servers give now: some set their own. */
  #servedTtlSeconds = 0;
  /** For how long resolvers keep that there is nothing, as the zone's SOA says. */
  #negativeTtlSeconds = 0;

  constructor(
    readonly name: string,
    readonly shape: SetShape,
    private readonly clock: Clock,
  ) {}

  get current(): NameTarget | undefined {
    return this.#current;
  }

  /** Counts changes: what was asked before the latest one says nothing about the time after it. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether it saw the latest change, or was told of it: a name that merely looks right may have changed just now. */
  get knowsItsPast(): boolean {
    return this.#changes > 0 || this.#isRestored;
  }

  isAt(target: NameTarget): boolean {
    return this.#current !== undefined && this.#isSame(this.#current, target);
  }

  get servedTtlSeconds(): number {
    return this.#servedTtlSeconds;
  }

  /** Our own write, that it may have arrived. */
  wrote(from: NameTarget, to: NameTarget, servers: readonly string[]): void {
    this.#current ??= from;
    this.#become(to, servers);
  }

  /** What the provider was read as. `changes` is the count from before it was asked. */
  provided(target: NameTarget, servers: readonly string[], changes: number): void {
    if (changes !== this.#changes) return;
    if (this.#current === undefined) this.#current = target;
    else this.#become(target, servers);
  }

  /** What an authoritative server answered just now. Before the provider was read it tells nothing. */
  answered(server: string, sets: readonly RecordSet[]): 'new' | 'old' | undefined {
    if (this.#current === undefined) return undefined;
    const ttlSeconds = longestTtl(sets);
    if (!answersShow(this.name, sets, this.#current, this.shape)) {
      this.#spread = seenWithOther(this.#spread, server, sets.length > 0 ? ttlSeconds : this.#negativeTtlSeconds);
      return 'old';
    }
    this.#servedTtlSeconds = ttlSeconds;
    this.#spread = seenWithNew(this.#spread, server, this.clock.monotonicMs());
    return 'new';
  }

  negativeTtl(seconds: number): void {
    this.#negativeTtlSeconds = seconds;
  }

  /** What an earlier incarnation knew. Without its horizon every server is to be seen anew. */
  restore(until: Instant | undefined, oldTtlSeconds: number, servers: readonly string[]): void {
    this.#isRestored = true;
    this.#spread =
      until === undefined
        ? changeBegins(NOTHING_SPREADS, servers, oldTtlSeconds)
        : { ...NOTHING_SPREADS, notBeforeMs: this.clock.monotonicMs() + (until - this.clock.now()) };
  }

  spreading(): Spreading {
    const horizon = horizonMs(this.#spread);
    const { oldTtlSeconds, unseen } = this.#spread;
    return { horizonMs: horizon, until: this.#instantOf(horizon), oldTtlSeconds, unseen };
  }

  #become(target: NameTarget, servers: readonly string[]): void {
    const before = this.#current;
    if (before === undefined || this.#isSame(before, target)) return;
    const isNothing = setsOf(this.name, before, this.shape, []).length === 0;
    const oldTtl = isNothing ? this.#negativeTtlSeconds : Math.max(ttlSecondsOf(before) ?? 0, this.#servedTtlSeconds);
    this.#current = target;
    this.#changes += 1;
    this.#spread = changeBegins(this.#spread, servers, oldTtl);
  }

  #isSame(one: NameTarget, other: NameTarget): boolean {
    return hasSameSets(setsOf(this.name, one, this.shape, []), setsOf(this.name, other, this.shape, []));
  }

  /** Fixed once for each horizon, so that it does not tremble with the clocks. */
  #instantOf(horizon: number | undefined): Instant | undefined {
    if (horizon === undefined || horizon === -Infinity) return undefined;
    if (this.#until?.of !== horizon) {
      const at = Math.ceil(this.clock.now() + (horizon - this.clock.monotonicMs())) as Instant;
      this.#until = { of: horizon, at };
    }
    return this.#until.at;
  }
}

const longestTtl = (sets: readonly RecordSet[]): number => Math.max(0, ...sets.map(({ ttlSeconds = 0 }) => ttlSeconds));
