import type { Clock } from '#libs/runtime';
import type { Lab } from '../../lab/lab.js';
import type { RunWatch } from '../run-watch.js';
import type { Schedule } from '../schedule.js';

export interface Around {
  readonly lab: Lab;
  readonly clock: Clock;
  readonly watch: RunWatch;
}

/** A fault that has been done. */
export interface Strike {
  /** In words: what happened to whom. */
  readonly what: string;
  /** When the process that led the group was killed. */
  readonly leaderKilledAt?: number;
  /** Ends it, where it does not end by itself. Safe to repeat. */
  mend(): Promise<void>;
}

export interface Fault {
  /** `run`: from before the run until it is over; `moment`: at the moment of the schedule. */
  readonly lasts: 'run' | 'moment';
  strike(around: Around, schedule: Schedule): Promise<Strike>;
}

export const nothingToMend = (): Promise<void> => Promise.resolve();
