import type { WorkerKind } from '#libs/domain';
import type { Stop } from '#libs/runtime';
import { Doorbell } from './doorbell.js';

type Listener = (stepKey: string) => void;

/** A doorbell within one process: for unit tests and simulation. One listener hears each ring. */
export class InMemoryDoorbell extends Doorbell {
  readonly #listeners = new Map<WorkerKind, Listener[]>();
  readonly #waiting = new Map<WorkerKind, Set<string>>();

  override async ring(worker: WorkerKind, stepKey: string): Promise<boolean> {
    this.#waitingFor(worker).add(stepKey);
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

  override async close(): Promise<void> {
    this.#listeners.clear();
  }

  #waitingFor(worker: WorkerKind): Set<string> {
    const waiting = this.#waiting.get(worker) ?? new Set();
    this.#waiting.set(worker, waiting);
    return waiting;
  }

  #deliver(worker: WorkerKind): void {
    const waiting = this.#waitingFor(worker);
    const listener = this.#listeners.get(worker)?.[0];
    if (!listener) return;
    const stepKeys = [...waiting];
    waiting.clear();
    stepKeys.forEach(listener);
  }
}
