/** A number of places; who finds none waits for one, in the order of arrival. */
export class Places {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** `work` is told whether a place was free before `deadline` aborted; it is called in either case. */
  async take<T>(deadline: AbortSignal, work: (isFree: boolean) => Promise<T>): Promise<T> {
    const isFree = await this.#wait(deadline);
    try {
      return await work(isFree);
    } finally {
      if (isFree) this.#leave();
    }
  }

  async #wait(deadline: AbortSignal): Promise<boolean> {
    if (deadline.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const turn = () => resolve(true);
    this.#waiting.push(turn);
    const giveUp = () => {
      const at = this.#waiting.indexOf(turn);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      resolve(false);
    };
    deadline.addEventListener('abort', giveUp, { once: true });
    return promise.finally(() => deadline.removeEventListener('abort', giveUp));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
