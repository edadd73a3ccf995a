import {
  FencedResource,
  type Epoch,
  type Json,
  type NameTarget,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { lookAt, type NameLook } from './name-look.js';
import { propagationOf, type Propagation } from './propagation.js';
import type { WatchedName } from './watched-name.js';

const LOOK_AGAIN_MS = 500;

/**
 * What resolvers may still answer of a name: a planned move waits for it, with writes going on, before it counts on a TTL
 * that was lowered. Nothing to be set, and so nothing to be sealed.
 */
export class NameResolution extends FencedResource<NameTarget> {
  /** Every write is refused. */
  override readonly fence = 'strong';
  override readonly movesByItself = true;

  constructor(
    private readonly watched: WatchedName,
    private readonly clock: Clock,
  ) {
    super();
  }

  override read(signal: AbortSignal): Promise<Stamped<NameTarget>> {
    return this.watched.resource.read(signal);
  }

  override write(
    _seen: Stamped<NameTarget>,
    _next: NameTarget,
    _epoch: Epoch,
    _signal: AbortSignal,
  ): Promise<WriteOutcome> {
    return Promise.resolve('refused');
  }

  /** With an expectation it waits until nobody can have another answer; a resolver that ignores TTLs is not waited for. */
  override async verify(expected: NameTarget | undefined, signal: AbortSignal): Promise<Verification> {
    const { tracker, provider, ttlSeconds } = this.watched;
    // Of a change that another process made, only what signalbox.yaml says can be counted on.
    if (expected !== undefined && !tracker.knowsItsPast) {
      const { serving } = await provider.authorities(signal);
      tracker.restore(
        undefined,
        ttlSeconds,
        serving.map(({ address }) => address),
      );
    }
    let look: NameLook | undefined;
    for (;;) {
      look = await lookAt(this.watched, look, signal);
      const propagation = propagationOf(tracker.spreading(), look.resolvers, this.clock.monotonicMs());
      const holds = expected === undefined || (tracker.isAt(expected) && isOver(propagation));
      if (holds || signal.aborted) return verification(propagation, holds);
      await this.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }
}

const isOver = ({ state, until, waitsFor, resolvers }: Propagation): boolean =>
  state === 'done' ||
  (until !== undefined && waitsFor.length === resolvers.filter(({ ignoresTtl }) => ignoresTtl === true).length);

const verification = ({ state, until, waitsFor, resolvers }: Propagation, holds: boolean): Verification => ({
  check: 'no compliant resolver can have another answer',
  observed: {
    state,
    until: until === undefined ? null : new Date(until).toISOString(),
    waitsFor: [...waitsFor],
    resolvers: Object.fromEntries(resolvers.map(({ address, gives }): [string, Json] => [address, gives])),
  },
  holds,
});
