export interface RoundsOptions<Item> {
  /** So many go at the same time. */
  readonly atOnce: number;
  /** Of an item, in whatever is limited; the items of one round are `sizeMax` together. */
  readonly sizeOf: (item: Item) => number;
  readonly sizeMax: number;
  /** A round that takes longer is given up, by its signal; whoever is in it is answered by what `perform` makes of that. */
  readonly timeoutMs: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly begin: () => void;
  readonly settle: (outcome: PromiseSettledResult<Result>) => void;
}

/**
 * Does one thing for many: the first item goes at once, and those that come while the rounds are under way go together
 * in the next one. Nobody waits for company, and nobody who left before it went.
 */
export class Rounds<Item, Result> {
  private waiting: readonly Waiting<Item, Result>[] = [];
  private underWay = 0;

  /** `perform` answers every item, in their order; what it throws is everybody's. */
  constructor(
    private readonly perform: (
      items: readonly Item[],
      signal: AbortSignal,
    ) => Promise<readonly PromiseSettledResult<Result>[]>,
    private readonly options: RoundsOptions<Item>,
  ) {}

  /**
   * Once the round of an item has begun only its answer counts, since leaving would not take it back.
   * @throws what `perform` throws; the reason of `signal` when it aborts before that
   */
  ask(item: Item, signal: AbortSignal): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const leave = () => {
      this.waiting = this.waiting.filter((each) => each !== entry);
      reject(signal.reason as Error);
    };
    const entry: Waiting<Item, Result> = {
      item,
      begin: () => signal.removeEventListener('abort', leave),
      settle: (outcome) => (outcome.status === 'fulfilled' ? resolve(outcome.value) : reject(outcome.reason as Error)),
    };
    if (signal.aborted) leave();
    else {
      signal.addEventListener('abort', leave);
      this.waiting = [...this.waiting, entry];
      this.next();
    }
    return promise;
  }

  private next(): void {
    if (this.underWay >= this.options.atOnce || this.waiting.length === 0) return;
    this.underWay += 1;
    void this.round(this.takeRound());
  }

  /** At least one: what is too large by itself is for `perform` to refuse. */
  private takeRound(): readonly Waiting<Item, Result>[] {
    const { sizeOf, sizeMax } = this.options;
    let size = 0;
    const end = this.waiting.findIndex(({ item }, index) => (size += sizeOf(item)) > sizeMax && index > 0);
    const count = end < 0 ? this.waiting.length : end;
    const round = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return round;
  }

  private async round(entries: readonly Waiting<Item, Result>[]): Promise<void> {
    for (const { begin } of entries) begin();
    const [outcomes] = await Promise.allSettled([
      this.perform(
        entries.map(({ item }) => item),
        AbortSignal.timeout(this.options.timeoutMs),
      ),
    ]);
    this.underWay -= 1;
    entries.forEach(({ settle }, index) => settle(outcomes.status === 'fulfilled' ? outcomes.value[index]! : outcomes));
    this.next();
  }
}
