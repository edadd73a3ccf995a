import type { Epoch } from '#libs/domain';

interface Turn {
  readonly epoch: Epoch;
  readonly superseded: AbortController;
  readonly ended: Promise<void>;
}

/** One step at a time per resource. A step of a newer epoch does not wait for an older one to use up its deadline. */
export class ResourceLanes {
  readonly #last = new Map<string, Turn>();

  /** `waited`: other work came first, and whatever was known before may no longer be so. */
  async take(
    resource: string,
    epoch: Epoch,
    superseded: AbortController,
    work: (waited: boolean) => Promise<void>,
  ): Promise<void> {
    const before = this.#last.get(resource);
    if (before && before.epoch < epoch) before.superseded.abort();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn: Turn = { epoch, superseded, ended };
    this.#last.set(resource, turn);
    try {
      await before?.ended;
      await work(before !== undefined);
    } finally {
      if (this.#last.get(resource) === turn) this.#last.delete(resource);
      end();
    }
  }
}
