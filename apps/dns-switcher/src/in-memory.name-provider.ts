import { UnavailableError } from '#libs/domain';
import { isUnchanged, stampSetOf, type NameChange, type SeenName } from './name-change.js';
import { NameProvider, type Applied, type Authorities } from './name-provider.js';
import { canonicalSets, type RecordSet } from './record-set.js';
import { hasRefusedWhat } from './refusal.js';
import { UNSTAMPED } from './stamp.js';

/** A zone within one process, with a strong fence: for unit tests and simulation. */
export class InMemoryNameProvider extends NameProvider {
  override readonly fence = 'strong';
  override readonly countsReads: boolean = false;
  readonly #held = new Map<string, SeenName>();
  #changes = 0;

  override async read(names: readonly string[], _signal: AbortSignal): Promise<readonly SeenName[]> {
    return names.map((name) => this.#at(name));
  }

  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    // Nothing is awaited between the comparison and the change.
    if (!change.names.every(({ seen }) => isUnchanged(seen, this.#at(seen.name))))
      return hasRefusedWhat(this, change, signal);
    for (const { seen, sets, stamp } of change.names)
      this.#hold({ name: seen.name, sets, stamp, stampSet: stampSetOf(seen.name, stamp, sets) });
    return { outcome: 'applied', change: String(this.#changes) };
  }

  override async settled(change: string): Promise<'in-sync' | 'lost'> {
    return Number(change) <= this.#changes ? 'in-sync' : 'lost';
  }

  override async authorities(): Promise<Authorities> {
    throw new UnavailableError('nobody serves this zone');
  }

  /** As somebody does who asks no fence and leaves our stamp. */
  edit(name: string, sets: readonly RecordSet[]): void {
    this.#hold({ ...this.#at(name), sets });
  }

  #at(name: string): SeenName {
    return this.#held.get(name) ?? { name, sets: [], stamp: UNSTAMPED };
  }

  #hold(seen: SeenName): void {
    this.#changes += 1;
    this.#held.set(seen.name, { ...seen, sets: canonicalSets(seen.sets) });
  }
}
