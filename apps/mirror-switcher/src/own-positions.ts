import {
  FencedResource,
  type Cause,
  type Epoch,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import { parsePartitionKey } from './topic-partition.js';

/**
 * The positions of one flow, out of a watermark that speaks of a whole site: topics of other flows have their ends in it,
 * and, where copies are renamed, the copies themselves, which nobody copies back. What a flow does not read it is not told.
 */
export class OwnPositions extends FencedResource<Positions> {
  override readonly movesByItself = true;

  constructor(
    private readonly positions: FencedResource<Positions>,
    private readonly isRead: (topic: string) => boolean,
  ) {
    super();
  }

  override get fence(): 'strong' | 'weak' {
    return this.positions.fence;
  }

  override async read(signal: AbortSignal): Promise<Stamped<Positions>> {
    const stamped = await this.positions.read(signal);
    return { ...stamped, value: this.own(stamped.value) };
  }

  override write(
    seen: Stamped<Positions>,
    next: Positions,
    epoch: Epoch,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<WriteOutcome> {
    return this.positions.write({ ...seen, value: this.own(seen.value) }, this.own(next), epoch, signal, cause);
  }

  override verify(expected: Positions | undefined, signal: AbortSignal): Promise<Verification> {
    return this.positions.verify(expected && this.own(expected), signal);
  }

  override shows(held: Positions, next: Positions): boolean {
    return this.positions.shows?.(held, this.own(next)) ?? false;
  }

  private own(positions: Positions): Positions {
    const entries = Object.entries(positions);
    return Object.fromEntries(entries.filter(([key]) => this.isRead(parsePartitionKey(key).topic)));
  }
}
