import { settle } from '../../support/virtual-clock.js';

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly fire: () => void;
  isCancelled: boolean;
}

/** Takes back what was to happen. Idempotent. */
export type Cancel = () => void;

/**
 * Everything that is going to happen, in the order in which it will: by time, and at the same time by when it was asked
 * for. Nothing happens in between, so a quiet hour costs what its events cost.
 *
 * There are two times. `nowMs` is what processes measure durations by. `worldMs` runs ahead of it by what was skipped:
 * stretches in which everybody would only have repeated itself, which dates, caches and schedules have lived through and
 * running loops have not.
 */
export class Timeline {
  #heap: Due[] = [];
  #order = 0;
  #nowMs = 0;
  #skippedMs = 0;
  #fired = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  get skippedMs(): number {
    return this.#skippedMs;
  }

  get worldMs(): number {
    return this.#nowMs + this.#skippedMs;
  }

  /** How many events have happened. */
  get fired(): number {
    return this.#fired;
  }

  at(atMs: number, fire: () => void): Cancel {
    const due: Due = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, fire, isCancelled: false };
    push(this.#heap, due);
    return () => {
      due.isCancelled = true;
    };
  }

  after(ms: number, fire: () => void): Cancel {
    return this.at(this.#nowMs + Math.max(0, ms), fire);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** A stretch without news is over at once. */
  skip(ms: number): void {
    this.#skippedMs += ms;
  }

  /**
   * Lets everything happen that is due within `ms`, one thing after the other, each with all that follows from it without
   * time passing. `afterEach` may end it by returning false.
   */
  async run(ms: number, afterEach: () => boolean): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    if (!afterEach()) return;
    for (let next = this.#heap[0]; next && next.atMs <= untilMs; next = this.#heap[0]) {
      pop(this.#heap);
      if (next.isCancelled) continue;
      this.#nowMs = next.atMs;
      this.#fired += 1;
      next.fire();
      await settle();
      if (!afterEach()) return;
    }
    this.#nowMs = untilMs;
  }
}

const isBefore = (one: Due, other: Due): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Due;
    if (!isBefore(due, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = due;
}

/** Removes the first. */
function pop(heap: Due[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const below = right < heap.length && isBefore(heap[right] as Due, heap[left] as Due) ? right : left;
    const child = heap[below] as Due;
    if (!isBefore(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}
