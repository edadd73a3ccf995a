import type { Cast } from '../cast/cast.js';
import type { Transaction } from '#libs/journal';
import type { Stage } from '../cast/stage.js';
import type { Deed } from '../world/sim-resource.js';
import type { Facts, Moment } from './facts.js';

export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly says: string;
}

/** What an invariant may look at. The world is known to it as it is, and not as somebody reported it. */
export interface Scene {
  readonly stage: Stage;
  readonly cast: Cast;
  readonly facts: Facts;
  /** People and outsiders did this by hand: it is theirs to answer for. */
  readonly excused: { readonly bothSitesUntilMs: number; readonly bothFlowsUntilMs: number };
}

/** Something that must never be, checked after everything that happens. Says what is wrong, or nothing. */
export interface Invariant {
  readonly name: string;
  readonly onMoment?: (moment: Moment, scene: Scene) => string | undefined;
  readonly onCommit?: (transaction: Transaction, scene: Scene) => string | undefined;
  readonly onDeed?: (deed: Deed, scene: Scene) => string | undefined;
  /** After each event, when all that followed from it is done. */
  readonly onEvent?: (scene: Scene) => string | undefined;
}
