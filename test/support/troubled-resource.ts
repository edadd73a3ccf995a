import { UnavailableError, type Epoch, type Stamped, type Verification, type WriteOutcome } from '#libs/domain';
import { InMemoryFencedResource } from '#libs/jobs';

/** What happens to one write: its answer is lost with or without an effect, or something comes first. */
export type WriteTrouble<V> = 'lost' | 'written-unanswered' | ((resource: TroubledResource<V>) => void | Promise<void>);

/** A resource that fails as real ones do: now and then, halfway, or not answering at all. */
export class TroubledResource<V> extends InMemoryFencedResource<V> {
  /** For the next writes, one by one. */
  readonly writes: WriteTrouble<V>[] = [];
  /** Thrown by the next reads, one by one. */
  readonly reads: Error[] = [];
  isAway = false;
  /** Never answers, whatever the signal says. */
  isHung = false;
  /** What verify says about the effect, whatever is held. */
  hasEffect = true;
  /** Every value and epoch that a write was asked to set. */
  readonly asked: { readonly next: V; readonly epoch: Epoch }[] = [];

  override async read(signal: AbortSignal): Promise<Stamped<V>> {
    await this.#answer();
    const error = this.reads.shift();
    if (error) throw error;
    return super.read(signal);
  }

  override async write(seen: Stamped<V>, next: V, epoch: Epoch, signal: AbortSignal): Promise<WriteOutcome> {
    this.asked.push({ next, epoch });
    await this.#answer();
    const trouble = this.writes.shift();
    if (trouble === 'lost') return 'unknown';
    if (typeof trouble === 'function') await trouble(this);
    const outcome = await super.write(seen, next, epoch, signal);
    return trouble === 'written-unanswered' ? 'unknown' : outcome;
  }

  override async verify(expected: V | undefined, signal: AbortSignal): Promise<Verification> {
    await this.#answer();
    const verification = await super.verify(expected, signal);
    return { ...verification, holds: verification.holds && this.hasEffect };
  }

  async #answer(): Promise<void> {
    if (this.isHung) await new Promise(() => undefined);
    if (this.isAway) throw new UnavailableError('the broker does not answer');
  }
}
