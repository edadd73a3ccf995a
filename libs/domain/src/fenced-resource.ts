import type { Epoch, RunId } from './ids.js';
import type { Json } from './json.js';

/** A value as the resource holds it, with the epoch that was stamped on it last. */
export interface Stamped<V> {
  readonly value: V;
  readonly epoch: Epoch;
  /** What `write` compares: opaque outside the adapter (a resourceVersion, the exact record set, …). */
  readonly version: string;
  /** Only a part of what it is made of holds the value: somebody changed the rest, or a change was cut short. */
  readonly isPartial?: boolean;
}

/**
 * - `written`: the resource holds `next` under `epoch`.
 * - `refused`: it held something else than was seen, or a higher epoch; nothing was changed.
 * - `unknown`: no answer; read back, then apply again under the same epoch.
 */
export type WriteOutcome = 'written' | 'refused' | 'unknown';

/** What was read where clients feel it, and by which check. Goes into the step's result and the audit. */
export interface Verification {
  readonly check: string;
  readonly observed: Json;
  readonly holds: boolean;
  /** It holds, and something that should have followed from it did not: what, and what to do. An exception of the run. */
  readonly exception?: string;
}

/** On whose behalf something is written, for whoever finds it at the resource. */
export interface Cause {
  readonly run: RunId;
  readonly step: string;
}

/**
 * Port: anything outside the journal that a run changes. Sealing is a write of the value that was read; values are
 * absolute, so a write can be repeated. The conformance suite holds every adapter to the same fence.
 */
export abstract class FencedResource<V> {
  /** `strong`: the resource itself refuses a lower epoch, atomically. `weak`: compared by us just before the write. */
  abstract readonly fence: 'strong' | 'weak';

  /** True where the value goes on by itself once it is set, as positions do: it is never set again from what was ordered. */
  readonly movesByItself?: boolean;

  /** @throws UnavailableError when the resource does not answer within `signal`. */
  abstract read(signal: AbortSignal): Promise<Stamped<V>>;

  /**
   * For whoever looks every few seconds: what `read` saw last, where the resource has told of no change since. Nothing is
   * written on its word. @throws as `read`
   */
  glance?(signal: AbortSignal): Promise<Stamped<V>>;

  /**
   * Stamps `epoch` and sets `next`, only where the resource still holds `seen` and no higher epoch. Never skips. `cause`
   * is left at the resource where it has room for it.
   */
  abstract write(seen: Stamped<V>, next: V, epoch: Epoch, signal: AbortSignal, cause?: Cause): Promise<WriteOutcome>;

  /**
   * Looks where the effect is felt (a produce that must be refused, the answers of every authoritative server), not
   * where it was written. Without `expected` it reports what it finds and `holds` is true.
   */
  abstract verify(expected: V | undefined, signal: AbortSignal): Promise<Verification>;

  /** Whether reading `held` shows that `next` was written, for values that may be beyond it; absent where only equals do. */
  shows?(held: V, next: V): boolean;
}
