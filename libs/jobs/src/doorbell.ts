import type { WorkerKind } from '#libs/domain';
import type { Stop } from '#libs/runtime';

/**
 * Port: tells a site's worker that a step may be waiting, so that it need not look all the time. Only a hint: it may be
 * lost, doubled or late, and whoever hears it reads the journal before doing anything.
 */
export abstract class Doorbell {
  /** False when it could not be rung in time. Never throws, never takes longer than its time limit. */
  abstract ring(worker: WorkerKind, stepKey: string): Promise<boolean>;

  /** `onRing` must not throw. A ring that came before anybody listened is still heard. */
  abstract listen(worker: WorkerKind, onRing: (stepKey: string) => void): Stop;

  abstract close(): Promise<void>;
}
