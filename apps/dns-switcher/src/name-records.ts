import { createSecretKey } from 'node:crypto';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import type { DnsTraffic, Policy } from '#libs/topology';
import type { NameProvider } from './name-provider.js';
import type { Primary } from './primary-watch.js';
import { ProvidedName } from './provided-name.js';
import { Rfc2136Zones, type KeyedTraffic } from './rfc2136-zones.js';
import type { Owner } from './stamp.js';

/** A server of a lost site must not hold up the verification of the others for longer than this. */
const ATTEMPT_TIMEOUT_MS = 300;
const POLL_MS = 25;

/** A name of the topology, who owns it, and the key that may change it. */
export interface KeyedName extends KeyedTraffic {
  readonly owner: Owner;
}

/** `secret` is in base64. */
export const keyedName = (owner: Owner, traffic: DnsTraffic, secret: string): KeyedName => {
  const { keyName: name, algorithm } = traffic.provider.tsig;
  return { owner, traffic, key: { name, algorithm, secret: createSecretKey(Buffer.from(secret, 'base64')) } };
};

/** Finds the resource of a step among the names of the topology. */
export function nameRecords(
  names: readonly KeyedName[],
  policy: Policy,
  clock: Clock,
  random: Random,
): ResolveResource {
  const zones = new Rfc2136Zones(policy.requestTimeoutMs, clock, random);
  const records = new Map(
    names.map((name) => [name.traffic.name, providedName(name, zones.providerOf(name), policy, clock)]),
  );
  return (ref) => (ref.kind === 'name' ? records.get(ref.name) : undefined);
}

/** The primary of every zone once, whatever the number of its names. */
export function primaries(
  names: readonly KeyedName[],
  { requestTimeoutMs }: Policy,
  clock: Clock,
  random: Random,
): readonly Primary[] {
  const zones = new Rfc2136Zones(requestTimeoutMs, clock, random);
  const byZone = new Map(names.map((name) => [name.traffic.zone, name]));
  return [...byZone].map(([zone, name]) => ({ zone, doors: zones.primaryOf(name).all }));
}

/** A name at a provider, with the times of the policy. */
export const providedName = (
  { owner, traffic: { name } }: Pick<KeyedName, 'owner' | 'traffic'>,
  provider: NameProvider,
  { requestTimeoutMs }: Policy,
  clock: Clock,
): ProvidedName =>
  new ProvidedName(provider, clock, {
    name,
    owner,
    shape: {},
    callTimeoutMs: requestTimeoutMs,
    ask: { attemptTimeoutMs: Math.min(ATTEMPT_TIMEOUT_MS, requestTimeoutMs), pollMs: POLL_MS },
  });
