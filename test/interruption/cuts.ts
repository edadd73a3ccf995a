import type { Transaction } from '#libs/journal';
import type { Life } from './life.js';

/**
 * What becomes of one commit or write, and of the process that asked for it.
 * - `done`: it happens, and the process dies before it hears so;
 * - `not-done`: the process dies before it happens;
 * - `late`: the process dies, and what it sent arrives when the run is closed;
 * - `unknown-done`, `unknown-not-done`: the process goes on, and no answer says whether it happened;
 * - `unknown-late`: the process goes on without an answer, and what it sent arrives when the run is closed.
 */
export const OUTCOMES = ['done', 'not-done', 'late', 'unknown-done', 'unknown-not-done', 'unknown-late'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `at` counts every commit and write of a play, from 0, in the order in which they were asked for. */
export interface Cut {
  readonly at: number;
  readonly outcome: Outcome;
}

/** A place where a play can be cut. */
export type Point = { readonly by: string } & (
  | { readonly kind: 'commit'; readonly transaction: Transaction }
  | { readonly kind: 'write'; readonly resource: string; readonly seen: unknown; readonly next: unknown }
);

/** What is asked for at a point: how it is done, and what its caller gets when no answer comes. */
export interface Deed<T> {
  readonly act: () => Promise<T>;
  /** @throws OutcomeUnknownError where that is how the port says so */
  readonly unanswered: () => T;
}

/** Something that was sent and has not arrived. */
export interface InFlight {
  readonly point: Point;
  /** What the journal or the resource answers when it arrives. */
  readonly arrive: () => Promise<unknown>;
}

/** Passes every commit and write of all processes, and cuts where it was told to. */
export class Cuts {
  /** All points so far; a cut one is among them. */
  readonly points: Point[] = [];
  readonly inFlight: InFlight[] = [];

  constructor(private readonly cuts: readonly Cut[]) {}

  /** Whether the play was long enough for all of them. */
  get allMade(): boolean {
    return this.cuts.every(({ at }) => at < this.points.length);
  }

  async pass<T>(life: Life, point: Point, { act, unanswered }: Deed<T>): Promise<T> {
    const at = this.points.push(point) - 1;
    const outcome = this.cuts.find((cut) => cut.at === at)?.outcome;
    if (outcome === undefined) return act();
    if (outcome === 'done' || outcome === 'unknown-done') await act();
    if (outcome === 'late' || outcome === 'unknown-late') this.inFlight.push({ point, arrive: act });
    if (outcome.startsWith('unknown')) return unanswered();
    return life.end();
  }
}
