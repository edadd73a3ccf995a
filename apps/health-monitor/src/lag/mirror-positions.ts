import type { Offsets } from './flow-history.js';

/** Port: how far the mirror of one flow has come. */
export abstract class MirrorPositions {
  /** The next source offset by partition; `undefined` while there is no mirror yet. @throws UnavailableError */
  abstract read(): Promise<Offsets | undefined>;
}
