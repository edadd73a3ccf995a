import { createSecretKey } from 'node:crypto';
import type { ResolveResource } from '#libs/jobs';
import type { Clock, Random } from '#libs/runtime';
import { hostAndPort, type DnsTraffic, type Policy } from '#libs/topology';
import { NameServer } from './name-server.js';
import type { NameProvider } from './name-provider.js';
import type { Primary } from './primary-watch.js';
import { ProvidedName } from './provided-name.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';
import type { Owner } from './stamp.js';
import type { TsigKey } from './tsig.js';

/** A server of a lost site must not hold up the verification of the others for longer than this. */
const ATTEMPT_TIMEOUT_MS = 300;
const POLL_MS = 25;

/** A name of the topology, who owns it, and the key that may change it. */
export interface KeyedName {
  readonly owner: Owner;
  readonly traffic: DnsTraffic;
  readonly key: TsigKey;
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
  const records = new Map(
    names.map((name) => {
      const provider = new Rfc2136NameProvider(name.traffic.zone, serversOf(name, clock, random));
      return [name.traffic.name, providedName(name, provider, policy, clock)];
    }),
  );
  return (ref) => (ref.kind === 'name' ? records.get(ref.name) : undefined);
}

/** The primary of every zone once, whatever the number of its names. */
export function primaries(names: readonly KeyedName[], clock: Clock, random: Random): readonly Primary[] {
  const byZone = new Map(names.map((name) => [name.traffic.zone, name]));
  return [...byZone].map(([zone, name]) => ({ zone, server: primaryOf(name, clock, random) }));
}

const primaryOf = ({ traffic, key }: KeyedName, clock: Clock, random: Random): NameServer =>
  new NameServer(hostAndPort(traffic.provider.primary), clock, random, key);

function serversOf(keyed: KeyedName, clock: Clock, random: Random) {
  const secondaries = Object.values(keyed.traffic.provider.secondaries).map(
    (address) => new NameServer(hostAndPort(address), clock, random),
  );
  return { primary: primaryOf(keyed, clock, random), secondaries };
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
