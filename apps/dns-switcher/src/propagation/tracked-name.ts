import {
  FencedResource,
  NEVER_STAMPED,
  type Epoch,
  type Json,
  type NameTarget,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import { inSpan } from '#libs/runtime';
import type { NameProvider } from '../name-provider.js';
import type { NameOwnership } from '../ownership/name-ownership.js';
import type { NameTracker } from './name-tracker.js';
import { propagationOf } from './propagation.js';
import type { Resolver } from './resolver.js';
import { askResolvers } from './resolver-round.js';
import { zoneState } from './zone-serial.js';

export interface TrackedParts {
  readonly name: FencedResource<NameTarget>;
  readonly zone: string;
  readonly provider: NameProvider;
  readonly tracker: NameTracker;
  readonly ownership: NameOwnership;
  /** Of this site. */
  readonly resolvers: readonly Resolver[];
  /** A resolver that does not answer holds up a step for this long. */
  readonly resolverTimeoutMs: number;
  /** The present moment on the monotonic clock. */
  readonly nowMs: () => number;
}

/**
 * A name whose way to its clients is followed: it is not taken from somebody else by our first stamp, and a step that
 * changed it says until when old answers can live. The run does not wait for that.
 */
export class TrackedName extends FencedResource<NameTarget> {
  constructor(private readonly parts: TrackedParts) {
    super();
  }

  override get fence(): 'strong' | 'weak' {
    return this.parts.name.fence;
  }

  override read(signal: AbortSignal): Promise<Stamped<NameTarget>> {
    return this.parts.name.read(signal);
  }

  override async write(
    seen: Stamped<NameTarget>,
    next: NameTarget,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const { name, tracker, ownership } = this.parts;
    if (seen.epoch === NEVER_STAMPED) await ownership.demandFree(signal);
    const servers = await this.servers(signal);
    return inSpan('dns.apply', { 'dns.name': tracker.name, 'signalbox.epoch': epoch }, async () => {
      const outcome = await name.write(seen, next, epoch, signal);
      if (outcome !== 'refused') tracker.wrote(seen.value, next, servers);
      return outcome;
    });
  }

  override async verify(expected: NameTarget | undefined, signal: AbortSignal): Promise<Verification> {
    const { name, tracker } = this.parts;
    const asked = await inSpan('dns.authoritative', { 'dns.name': tracker.name }, () => name.verify(expected, signal));
    if (expected === undefined || !asked.holds) return asked;
    const propagation = await this.propagation(expected, signal);
    return { ...asked, observed: { ...(asked.observed as Record<string, Json>), propagation } };
  }

  /** What the run's record keeps of it: the name goes on by itself from here. */
  private async propagation(expected: NameTarget, signal: AbortSignal): Promise<Json> {
    const { tracker, resolvers, resolverTimeoutMs, nowMs } = this.parts;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(resolverTimeoutMs)]);
    const [seen, serials] = await inSpan('dns.resolvers', { 'dns.name': tracker.name }, () =>
      Promise.all([askResolvers(resolvers, tracker.name, tracker.shape, expected, limit), this.serials(limit)]),
    );
    const { state, until, waitsFor } = propagationOf(tracker.spreading(), seen, nowMs());
    return {
      state,
      ...(until !== undefined && { until: new Date(until).toISOString() }),
      waitsFor: [...waitsFor],
      serials,
      resolvers: Object.fromEntries(
        seen.map(({ address, gives, remainingTtlSeconds }) => [
          address,
          { gives, ...(remainingTtlSeconds !== undefined && { remainingTtlSeconds }) },
        ]),
      ),
    };
  }

  /** Of the zone, by server: one that lags behind has a lower one. */
  private async serials(limit: AbortSignal): Promise<Record<string, number>> {
    const { provider, zone } = this.parts;
    const { serving } = await provider.authorities(limit);
    const states = await Promise.all(serving.map((server) => zoneState(server, zone, limit)));
    return Object.fromEntries(
      serving.flatMap(({ address }, index) => (states[index] ? [[address, states[index].serial]] : [])),
    );
  }

  private async servers(signal: AbortSignal): Promise<readonly string[]> {
    const { serving } = await this.parts.provider.authorities(signal);
    return serving.map(({ address }) => address);
  }
}
