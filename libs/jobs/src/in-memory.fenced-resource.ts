import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  NEVER_STAMPED,
  type Epoch,
  type Json,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';

/** A resource within one process, with a strong fence: for unit tests and simulation. */
export class InMemoryFencedResource<V> extends FencedResource<V> {
  override readonly fence = 'strong';
  #held: Stamped<V>;

  constructor(value: V) {
    super();
    this.#held = { value, epoch: NEVER_STAMPED, version: '0' };
  }

  /** What it holds, for a test to look at. */
  get held(): Stamped<V> {
    return this.#held;
  }

  override async read(_signal: AbortSignal): Promise<Stamped<V>> {
    return this.#held;
  }

  override async write(seen: Stamped<V>, next: V, epoch: Epoch, _signal: AbortSignal): Promise<WriteOutcome> {
    if (seen.version !== this.#held.version || epoch < this.#held.epoch) return 'refused';
    this.set(next, epoch);
    return 'written';
  }

  override async verify(expected: V | undefined, _signal: AbortSignal): Promise<Verification> {
    const { value, epoch } = this.#held;
    const holds = expected === undefined || canonicalJson(value) === canonicalJson(expected);
    return { check: 'in-memory', observed: { value: value as Json, epoch }, holds };
  }

  /** As somebody does who asks no fence. */
  set(value: V, epoch: Epoch): void {
    this.#held = { value, epoch, version: String(Number(this.#held.version) + 1) };
  }
}
