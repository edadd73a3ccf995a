export interface RoundsOptions<Item> {
  /** So many go at the same time. */
  readonly atOnce: number;
  /** Of an item, in whatever is limited; the items of one round are `sizeMax` together. */
  readonly sizeOf: (item: Item) => number;
  readonly sizeMax: number;
  /** Items that are equal in this never go together: the second one waits for what becomes of the first. */
  readonly keyOf?: (item: Item) => string;
  /**
   * `until-begun`: of what is under way only the answer counts, since leaving would not take it back. `any-time`: who has
   * no time left goes without an answer; a round that everybody left ends.
   */
  readonly mayLeave: 'until-begun' | 'any-time';
  /** A round that takes longer is ended by its signal; what that makes of its items is for `perform` to say. */
  readonly timeoutMs: number;
}

interface Entry<Item, Result> {
  readonly item: Item;
  readonly signal: AbortSignal;
  /** From now on it is not let go without an answer. */
  readonly stay: () => void;
  readonly settle: (outcome: PromiseSettledResult<Result>) => void;
}

/**
 * Does one thing for many: what is asked for in one go goes together, and so does in the next round what comes while the
 * rounds are under way. Nobody waits for company.
 */
export class Rounds<Item, Result> {
  private waiting: readonly Entry<Item, Result>[] = [];
  private underWay = 0;

  /** `perform` answers every item, in their order; what it throws is everybody's. */
  constructor(
    private readonly perform: (
      items: readonly Item[],
      signal: AbortSignal,
    ) => Promise<readonly PromiseSettledResult<Result>[]>,
    private readonly options: RoundsOptions<Item>,
  ) {}

  /** @throws what `perform` throws; the reason of `signal` where that came first */
  ask(item: Item, signal: AbortSignal): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const leave = () => {
      this.waiting = this.waiting.filter((each) => each !== entry);
      entry.settle({ status: 'rejected', reason: signal.reason });
    };
    const entry: Entry<Item, Result> = {
      item,
      signal,
      stay: () => signal.removeEventListener('abort', leave),
      settle: (outcome) => {
        entry.stay();
        if (outcome.status === 'fulfilled') resolve(outcome.value);
        else reject(outcome.reason as Error);
      },
    };
    if (signal.aborted) leave();
    else {
      signal.addEventListener('abort', leave);
      this.waiting = [...this.waiting, entry];
      // What is asked for in one go is there by then.
      void Promise.resolve().then(() => this.next());
    }
    return promise;
  }

  private next(): void {
    if (this.underWay >= this.options.atOnce || this.waiting.length === 0) return;
    this.underWay += 1;
    void this.round(this.takeRound());
    this.next();
  }

  /** At least one: what is too large by itself is for `perform` to refuse. */
  private takeRound(): readonly Entry<Item, Result>[] {
    const { sizeOf, sizeMax, keyOf } = this.options;
    const keys = new Set<string>();
    let size = 0;
    const isForTheNext = ({ item }: Entry<Item, Result>, index: number): boolean => {
      size += sizeOf(item);
      const key = keyOf?.(item) ?? String(index);
      const isTaken = keys.has(key);
      keys.add(key);
      return index > 0 && (isTaken || size > sizeMax);
    };
    const end = this.waiting.findIndex(isForTheNext);
    const count = end < 0 ? this.waiting.length : end;
    const round = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return round;
  }

  private async round(entries: readonly Entry<Item, Result>[]): Promise<void> {
    const { timeoutMs, mayLeave } = this.options;
    const ends = [AbortSignal.timeout(timeoutMs)];
    if (mayLeave === 'any-time') ends.push(allAborted(entries.map(({ signal }) => signal)));
    else for (const entry of entries) entry.stay();
    const items = entries.map(({ item }) => item);
    const [outcome] = await Promise.allSettled([this.perform(items, AbortSignal.any(ends))]);
    this.underWay -= 1;
    entries.forEach(({ settle }, index) => settle(outcome.status === 'fulfilled' ? outcome.value[index]! : outcome));
    this.next();
  }
}

const allAborted = (signals: readonly AbortSignal[]): AbortSignal => {
  const controller = new AbortController();
  let left = signals.length;
  for (const signal of signals)
    signal.addEventListener('abort', () => --left === 0 && controller.abort(signal.reason), { once: true });
  return controller.signal;
};
