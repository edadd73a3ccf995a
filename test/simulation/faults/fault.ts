import type { Cast } from '../cast/cast.js';
import type { People } from '../cast/people.js';
import type { Stage } from '../cast/stage.js';
import type { Judge } from '../judge/judge.js';
import type { Draw } from '../kernel/draw.js';

export interface Ground {
  readonly stage: Stage;
  readonly cast: Cast;
  readonly people: People;
  readonly judge: Judge;
  /** When the fault began, and how long it is to last. On the timeline. */
  readonly forMs: number;
}

/** Ends what a fault began; nothing when it was over at once. */
export type Ending = (() => void) | void;

export interface FaultKind {
  readonly name: string;
  /** How long it lasts, at least and at most. */
  readonly lasts: readonly [lowMs: number, highMs: number];
  /** Begins it, with draws of its own, and says in words what it does. */
  readonly strike: (ground: Ground, draw: Draw) => { readonly says: string; readonly end?: Ending };
}
