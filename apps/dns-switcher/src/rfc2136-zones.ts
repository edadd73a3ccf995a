import type { Clock, Random } from '#libs/runtime';
import { hostAndPort, type DnsTrafficBy } from '#libs/topology';
import { Doors } from './doors.js';
import { GatheredNameProvider } from './gathered.name-provider.js';
import type { NameProvider } from './name-provider.js';
import { NameServer } from './name-server.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';
import type { TsigKey } from './tsig.js';
import { UPDATE_BYTES_MAX, UPDATE_START_BYTES } from './update-message.js';

/** A name of the topology, and the key that may change it. */
export interface KeyedTraffic {
  readonly traffic: DnsTrafficBy<'rfc2136'>;
  readonly key: TsigKey;
}

/** Names of one zone, at the same servers and under the same key, share what is sent. */
export class Rfc2136Zones {
  private readonly made = new Map<string, NameProvider>();

  constructor(
    private readonly callTimeoutMs: number,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  providerOf(keyed: KeyedTraffic): NameProvider {
    const { zone, provider } = keyed.traffic;
    const id = JSON.stringify([zone, provider]);
    const made = this.made.get(id) ?? this.make(keyed);
    this.made.set(id, made);
    return made;
  }

  /** What takes the updates of its zone. */
  primaryOf({ traffic: { provider }, key }: KeyedTraffic): Doors {
    const addresses = [provider.primary, ...provider.otherPrimaries.map(({ address }) => address)];
    const doors = addresses.map((address) => new NameServer(hostAndPort(address), this.clock, this.random, key));
    return new Doors(doors, this.callTimeoutMs);
  }

  private make(keyed: KeyedTraffic): NameProvider {
    const { zone, provider } = keyed.traffic;
    const secondaries = Object.values(provider.secondaries).map(
      (address) => new NameServer(hostAndPort(address), this.clock, this.random),
    );
    const direct = new Rfc2136NameProvider(zone, { primary: this.primaryOf(keyed), secondaries });
    return new GatheredNameProvider(direct, {
      callTimeoutMs: this.callTimeoutMs,
      sizeOf: (step) => direct.sizeOf(step),
      sizeMax: UPDATE_BYTES_MAX - UPDATE_START_BYTES,
    });
  }
}
