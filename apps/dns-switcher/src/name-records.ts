import { groupId } from '#libs/domain';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import { hostAndPort, type DnsTraffic, type Policy } from '#libs/topology';
import { isRfc2136, NameProviders, type Kept, type KeyedName, type OwnedName } from './name-providers.js';
import { NameOwnership } from './ownership/name-ownership.js';
import type { Primary } from './primary-watch.js';
import { NameResolution } from './propagation/name-resolution.js';
import { NameTracker } from './propagation/name-tracker.js';
import { Resolver } from './propagation/resolver.js';
import { TrackedName } from './propagation/tracked-name.js';
import type { WatchedName } from './propagation/watched-name.js';
import { ProvidedName } from './provided-name.js';
import { Rfc2136Zones } from './rfc2136-zones.js';
import type { Route53NameProvider } from './route53/route53.name-provider.js';
import { Route53Zones } from './route53/route53-zones.js';

/** A server of a lost site must not hold up the verification of the others for longer than this. */
const ATTEMPT_TIMEOUT_MS = 300;
const POLL_MS = 25;

/** Every name of the topology, with what changes it and what looks at it. `resolvers`: those of this site. */
export const watchedNames = (
  names: readonly KeyedName[],
  resolvers: readonly string[],
  policy: Policy,
  clock: Clock,
  random: Random,
): readonly WatchedName[] => {
  const providers = new NameProviders(policy.requestTimeoutMs, clock, random);
  const asked = resolversAt(resolvers, clock, random);
  return names.map((name) => watchedName(name, providers.of(name), asked, policy, clock));
};

/** Finds the resource of a step among the names of the topology. */
export function nameRecords(watched: readonly WatchedName[], clock: Clock): ResolveResource {
  const names = new Map(watched.map((each) => [each.tracker.name, each]));
  const resolutions = new Map(watched.map((each) => [each.tracker.name, new NameResolution(each, clock)]));
  return (ref) => {
    if (ref.kind === 'resolution') return resolutions.get(ref.name);
    return ref.kind === 'name' ? names.get(ref.name)?.resource : undefined;
  };
}

const resolversAt = (addresses: readonly string[], clock: Clock, random: Random): readonly Resolver[] =>
  addresses.map((address) => new Resolver(hostAndPort(address), clock, random));

/** A name at a provider, followed to its clients. */
export function watchedName(
  keyed: OwnedName,
  kept: Kept,
  resolvers: readonly Resolver[],
  policy: Policy,
  clock: Clock,
): WatchedName {
  const { owner, traffic } = keyed;
  const { provider, shape } = kept;
  const { name, zone, ttlSeconds, adopt, externalDns } = traffic;
  const tracker = new NameTracker(name, shape, clock);
  const ownership = new NameOwnership(provider, { name, adopt, externalDns: externalDns.map(given) });
  const provided = providedName(keyed, kept, policy, clock, tracker);
  const resolverTimeoutMs = Math.min(ATTEMPT_TIMEOUT_MS, policy.requestTimeoutMs);
  const nowMs = () => clock.monotonicMs();
  const parts = { name: provided, zone, provider, tracker, ownership, resolvers, resolverTimeoutMs, nowMs };
  return {
    group: groupId(owner.group),
    zone,
    ttlSeconds,
    resource: new TrackedName(parts),
    provider,
    tracker,
    ownership,
    resolvers,
  };
}

const given = ({ prefix, suffix }: DnsTraffic['externalDns'][number]) => ({
  ...(prefix !== undefined && { prefix }),
  ...(suffix !== undefined && { suffix }),
});

/** The primary of every zone once, whatever the number of its names. */
export function primaries(
  names: readonly KeyedName[],
  { requestTimeoutMs }: Policy,
  clock: Clock,
  random: Random,
): readonly Primary[] {
  const zones = new Rfc2136Zones(requestTimeoutMs, clock, random);
  const byZone = new Map(names.filter(isRfc2136).map((name) => [name.traffic.zone, name]));
  return [...byZone].map(([zone, name]) => ({ zone, doors: zones.primaryOf(name).all }));
}

/** Every hosted zone once. */
export function hostedZones(names: readonly KeyedName[], clock: Clock, random: Random): readonly Route53NameProvider[] {
  const zones = new Route53Zones(clock, random);
  for (const name of names) if (!isRfc2136(name)) zones.providerOf(name);
  return zones.all();
}

/** A name at a provider, with the times of the policy. */
export const providedName = (
  { owner, traffic: { name, adopt } }: OwnedName,
  { provider, shape, callTimeoutMs }: Kept,
  { requestTimeoutMs }: Policy,
  clock: Clock,
  tracker = new NameTracker(name, shape, clock),
): ProvidedName =>
  new ProvidedName(provider, clock, {
    name,
    owner,
    adopt,
    onAnswer: (server, { sets }) => void tracker.answered(server.address, sets),
    shape: tracker.shape,
    callTimeoutMs,
    ask: { attemptTimeoutMs: Math.min(ATTEMPT_TIMEOUT_MS, requestTimeoutMs), pollMs: POLL_MS },
  });
