import type { SweptOffsets } from '#libs/kafka';

/** Port: how far the mirror of one flow says that it has come. */
export abstract class MirrorPositions {
  /**
   * The next source offset by topic and partition, NaN where it told none; `undefined` while there is no mirror yet.
   * @throws UnavailableError
   */
  abstract read(): Promise<SweptOffsets | undefined>;
}
