import type { Ring, WorkerKind } from '#libs/domain';
import type { Stop } from '#libs/runtime';

/** What of a worker's queue nobody has taken yet. */
export interface Waiting {
  readonly depth: number;
  /** How long the oldest has been waiting; 0 when none is. */
  readonly oldestMs: number;
}

/**
 * Port: tells a site's worker that a step may be waiting, so that it need not look all the time. Only a hint: it may be
 * lost, doubled or late, and whoever hears it reads the journal before doing anything.
 */
export abstract class Doorbell {
  /** False when it could not be rung in time. Never throws, never takes longer than its time limit. */
  abstract ring(worker: WorkerKind, ring: Ring): Promise<boolean>;

  /** `onRing` must not throw. A ring that came before anybody listened is still heard. */
  abstract listen(worker: WorkerKind, onRing: (ring: Ring) => void): Stop;

  /** Undefined when nobody can say in time. Never throws. */
  abstract waiting(worker: WorkerKind): Promise<Waiting | undefined>;

  abstract close(): Promise<void>;
}

/** The same opening of a step rings once at a time. Without colons, which BullMQ uses for its own keys. */
export const ringId = ({ run, step, epoch, attempt }: Ring): string =>
  `${run}_${step}_${epoch}_${attempt}`.replaceAll(':', '_');
