import { resourceKey, type Epoch, type ResourceRef } from '#libs/domain';

/** Changes of a resource take turns; looking at one changes nothing and waits for nobody. */
export const laneOf = (resource: ResourceRef, action: 'change' | 'inspect'): string =>
  `${action}/${resourceKey(resource)}`;

interface Turn {
  readonly epoch: Epoch;
  readonly superseded: AbortController;
  readonly ended: Promise<void>;
}

/** One step at a time per resource, in the order of arrival; a newer epoch puts an end to what is left of older ones. */
export class ResourceLanes {
  readonly #turns = new Map<string, readonly Turn[]>();

  async take(resource: string, epoch: Epoch, superseded: AbortController, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(resource) ?? [];
    for (const turn of before) if (turn.epoch < epoch) turn.superseded.abort();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn: Turn = { epoch, superseded, ended };
    this.#turns.set(resource, [...before, turn]);
    try {
      await before.at(-1)?.ended;
      await work();
    } finally {
      this.#leave(resource, turn);
      end();
    }
  }

  #leave(resource: string, turn: Turn): void {
    const left = this.#turns.get(resource)?.filter((other) => other !== turn) ?? [];
    if (left.length > 0) this.#turns.set(resource, left);
    else this.#turns.delete(resource);
  }
}
