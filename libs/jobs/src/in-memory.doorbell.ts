import type { Ring, WorkerKind } from '#libs/domain';
import type { Clock, Stop } from '#libs/runtime';
import { Doorbell, ringId, type Waiting } from './doorbell.js';

type Listener = (ring: Ring) => void;

/** A doorbell within one process: for unit tests and simulation. One listener hears each ring. */
export class InMemoryDoorbell extends Doorbell {
  readonly #listeners = new Map<WorkerKind, Listener[]>();
  readonly #waiting = new Map<WorkerKind, Map<string, { readonly ring: Ring; readonly sinceMs: number }>>();

  constructor(private readonly clock: Clock) {
    super();
  }

  override async ring(worker: WorkerKind, ring: Ring): Promise<boolean> {
    const waiting = this.#waitingFor(worker);
    const id = ringId(ring);
    if (!waiting.has(id)) waiting.set(id, { ring, sinceMs: this.clock.monotonicMs() });
    queueMicrotask(() => this.#deliver(worker));
    return true;
  }

  override listen(worker: WorkerKind, onRing: Listener): Stop {
    this.#listeners.set(worker, [...(this.#listeners.get(worker) ?? []), onRing]);
    queueMicrotask(() => this.#deliver(worker));
    return () => {
      const others = this.#listeners.get(worker)?.filter((listener) => listener !== onRing);
      this.#listeners.set(worker, others ?? []);
    };
  }

  override async waiting(worker: WorkerKind): Promise<Waiting> {
    const waiting = this.#waitingFor(worker);
    const [oldest] = waiting.values();
    return { depth: waiting.size, oldestMs: oldest ? this.clock.monotonicMs() - oldest.sinceMs : 0 };
  }

  override async close(): Promise<void> {
    this.#listeners.clear();
  }

  #waitingFor(worker: WorkerKind): Map<string, { readonly ring: Ring; readonly sinceMs: number }> {
    const waiting = this.#waiting.get(worker) ?? new Map();
    this.#waiting.set(worker, waiting);
    return waiting;
  }

  #deliver(worker: WorkerKind): void {
    const waiting = this.#waitingFor(worker);
    const listener = this.#listeners.get(worker)?.[0];
    if (!listener) return;
    const rings = [...waiting.values()];
    waiting.clear();
    for (const { ring } of rings) listener(ring);
  }
}
