import type { Ring, WorkerKind } from '#libs/domain';
import { Doorbell, type Waiting } from '#libs/jobs';
import type { Stop } from '#libs/runtime';
import type { Draw } from '../kernel/draw.js';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Timeline } from '../kernel/timeline.js';

type Listener = (ring: Ring) => void;

/** One site's job queue: it may lose, double, hold back or forget whatever it was given. */
export class SimRedis {
  isAway = false;
  lossShare = 0;
  doubleShare = 0;
  /** Everything is held back for up to this. */
  stallMs = 0;
  readonly #listeners = new Map<WorkerKind, Set<Listener>>();
  /** Rings that are under way count only while nobody wiped it. */
  #generation = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly draw: Draw,
  ) {}

  wipe(): void {
    this.#generation += 1;
  }

  bell(process: SimProcess): Doorbell {
    return new Bell(this, process);
  }

  ring(worker: WorkerKind, ring: Ring): boolean {
    const { draw, timeline } = this;
    if (this.isAway) return false;
    if (draw.isSo(this.lossShare)) return true;
    const times = draw.isSo(this.doubleShare) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      const generation = this.#generation;
      const delayMs = draw.between(0, 5) + (this.stallMs > 0 ? draw.between(0, this.stallMs) : 0);
      timeline.after(delayMs, () => {
        if (generation !== this.#generation) return;
        for (const listener of this.#listeners.get(worker) ?? []) listener(ring);
      });
    }
    return true;
  }

  listen(worker: WorkerKind, listener: Listener): Stop {
    const listeners = this.#listeners.get(worker) ?? new Set();
    this.#listeners.set(worker, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
}

class Bell extends Doorbell {
  constructor(
    private readonly redis: SimRedis,
    private readonly process: SimProcess,
  ) {
    super();
  }

  override ring(worker: WorkerKind, ring: Ring): Promise<boolean> {
    return this.process.ask(async () => this.redis.ring(worker, ring));
  }

  override listen(worker: WorkerKind, onRing: Listener): Stop {
    return this.redis.listen(worker, this.process.listening(onRing));
  }

  override async waiting(): Promise<Waiting | undefined> {
    return this.redis.isAway ? undefined : { depth: 0, oldestMs: 0 };
  }

  override async close(): Promise<void> {}
}
