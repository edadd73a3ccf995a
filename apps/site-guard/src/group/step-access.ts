import {
  FencedResource,
  type Cause,
  type Epoch,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { HeldAccess } from '../fence/held-access.js';

/**
 * A group's write access as steps of runs change it. Remembers when: what the journal ordered before that is out of
 * date, though it may carry the same epoch.
 */
export class StepAccess extends FencedResource<HeldAccess> {
  override readonly fence = 'weak';
  private touchedAtMs = -Infinity;

  constructor(
    private readonly access: FencedResource<HeldAccess>,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** Whether something read at `readAtMs`, on the monotonic clock, can know of all that steps have done. */
  isSettledBefore(readAtMs: number): boolean {
    return this.touchedAtMs < readAtMs;
  }

  override read(signal: AbortSignal): Promise<Stamped<HeldAccess>> {
    return this.access.read(signal);
  }

  override async write(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<WriteOutcome> {
    this.touchedAtMs = Infinity;
    try {
      return await this.access.write(seen, next, epoch, signal, cause);
    } finally {
      this.touchedAtMs = this.clock.monotonicMs();
    }
  }

  override verify(expected: HeldAccess | undefined, signal: AbortSignal): Promise<Verification> {
    return this.access.verify(expected, signal);
  }
}
