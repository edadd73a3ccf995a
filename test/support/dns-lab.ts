import { join } from 'node:path';
import { epoch, type AddressTarget, type Verification } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { DEFAULT_POLICY, type DnsTraffic } from '#libs/topology';
import { watchedName } from '../../apps/dns-switcher/src/name-records.js';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import { Resolver, type ResolverAnswer } from '../../apps/dns-switcher/src/propagation/resolver.js';
import type { WatchedName } from '../../apps/dns-switcher/src/propagation/watched-name.js';
import { Rfc2136NameProvider } from '../../apps/dns-switcher/src/rfc2136.name-provider.js';
import { Bind, KEY, ZONE } from './bind.js';
import { freePort, onFreePorts } from './free-port.js';
import { Unbound } from './unbound.js';

const WITHIN_MS = 60_000;

/** A hidden primary, two servers that answer, and a caching resolver that asks those two. All real, on 127.0.0.1. */
export class DnsLab {
  readonly clock = new SystemClock();
  readonly random = new SystemRandom();
  readonly provider: Rfc2136NameProvider;
  readonly primary: NameServer;
  readonly resolver: Resolver;

  private constructor(
    private readonly parts: { end(): Promise<void> }[],
    readonly ports: { readonly primary: number; readonly serving: readonly number[]; readonly resolver: number },
  ) {
    this.primary = new NameServer(at(ports.primary), this.clock, this.random, KEY);
    const secondaries = ports.serving.map((port) => new NameServer(at(port), this.clock, this.random));
    this.provider = new Rfc2136NameProvider(ZONE, { primary: this.primary, secondaries });
    this.resolver = new Resolver(at(ports.resolver), this.clock, this.random);
  }

  static async start(directory: string): Promise<DnsLab> {
    const parts: { end(): Promise<void> }[] = [];
    const folder = (name: string) => join(directory, name);
    return onFreePorts(async () => {
      const serving = [await freePort(), await freePort()];
      const ports = { primary: await freePort(), serving, resolver: await freePort() };
      try {
        parts.push(await Bind.start({ directory: folder('primary'), port: ports.primary, notify: serving }));
        for (const port of serving)
          parts.push(await Bind.start({ directory: folder(String(port)), port, primary: ports.primary }));
        const options = { zone: ZONE, servers: serving };
        parts.push(await Unbound.start({ ...options, directory: folder('unbound'), port: ports.resolver }));
      } catch (error) {
        await Promise.all(parts.splice(0).map((part) => part.end()));
        throw error;
      }
      return new DnsLab(parts, ports);
    });
  }

  /** A name as the dns-switcher of a site has it. The zone lets us change NAME, and whatever is under FREE_NAMES. */
  name(name: string, traffic: Partial<DnsTraffic> = {}, resolvers = [this.resolver]): WatchedName {
    const keyed = {
      owner: { installation: 'test', group: 'orders' },
      traffic: { name, zone: ZONE, ttlSeconds: 5, adopt: [], externalDns: [], ...traffic } as unknown as DnsTraffic,
    };
    const policy = { ...DEFAULT_POLICY, requestTimeoutMs: 5_000 };
    const kept = { provider: this.provider, shape: {}, callTimeoutMs: policy.requestTimeoutMs };
    return watchedName(keyed, kept, resolvers, policy, this.clock);
  }

  /** A resolver that keeps every answer for half a minute, whatever its TTL; it ends with the lab. */
  stretching(directory: string): Promise<Resolver> {
    return onFreePorts(async () => {
      const port = await freePort();
      const options = { zone: ZONE, servers: this.ports.serving, settings: ['cache-min-ttl: 30'] };
      this.parts.push(await Unbound.start({ ...options, directory, port }));
      return new Resolver(at(port), this.clock, this.random);
    });
  }

  /** What clients get, now. */
  async ask(name: string): Promise<ResolverAnswer> {
    return this.resolver.ask(name, 'A', this.soon());
  }

  soon(): AbortSignal {
    return AbortSignal.timeout(WITHIN_MS);
  }

  async end(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.end()));
  }
}

const at = (port: number) => ({ host: '127.0.0.1', port });

/** As a step does it: reads, writes under the next epoch, and looks where the effect is felt. */
export async function put({ resource, tracker }: WatchedName, target: AddressTarget): Promise<Verification> {
  const limit = AbortSignal.timeout(WITHIN_MS);
  const seen = await resource.read(limit);
  const outcome = await resource.write(seen, target, epoch(seen.epoch + 1), limit);
  if (outcome !== 'written') throw new Error(`${tracker.name} was not written: ${outcome}`);
  return resource.verify(target, limit);
}
