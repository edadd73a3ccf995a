import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  type Epoch,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import { MirrorPositionsFixedError } from '../errors.js';
import type { PositionsSource } from '../positions-source.js';
import type { MirrorMakerFile } from './mirror-maker-file.js';

/**
 * From where a flow that runs on its own goes on: told by its offset syncs, and set by nobody. There is no REST interface to
 * set them, and writing into the workers' own topic behind their back is no way that Kafka documents.
 */
export class DedicatedPositions extends FencedResource<Positions> {
  override readonly fence = 'weak';
  /** Their epoch is the mirror's, and is kept with it. */
  override readonly movesByItself = true;

  constructor(
    private readonly flow: string,
    private readonly file: MirrorMakerFile,
    private readonly positions: PositionsSource,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<Positions>> {
    const [{ epoch }, value] = await Promise.all([this.file.read(), this.positions.read(signal)]);
    return { value, epoch, version: `epoch=${epoch}` };
  }

  /**
   * Those that it has reached are stamped, as a seal is. @throws MirrorPositionsFixedError for any beyond: going on without
   * them would copy back what came from there.
   */
  override async write(
    seen: Stamped<Positions>,
    next: Positions,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const held = await this.file.read();
    if (seen.epoch > epoch || `epoch=${held.epoch}` !== seen.version) return 'refused';
    const isSeal = canonicalJson(next) === canonicalJson(seen.value);
    if (!isSeal && !this.shows(await this.positions.read(signal), next)) throw new MirrorPositionsFixedError(this.flow);
    return (await this.file.write(held, held.value, epoch, held.isPartial === true)) ? 'written' : 'refused';
  }

  override async verify(expected: Positions | undefined, signal: AbortSignal): Promise<Verification> {
    const observed = await this.positions.read(signal);
    const holds = expected === undefined || this.shows(observed, expected);
    return { check: 'positions by offset syncs', observed, holds };
  }

  override shows(held: Positions, next: Positions): boolean {
    return Object.entries(next).every(([partition, offset]) => (held[partition] ?? 0) >= offset);
  }
}
