import { SignalboxError } from '#libs/domain';
import type { NameServer } from '../name-server.js';

export interface ZoneState {
  readonly serial: number;
  /** For how long resolvers keep that there is nothing (RFC 2308 §5). */
  readonly negativeTtlSeconds: number;
}

/** What a server says of the zone itself; undefined when it does not answer. */
export async function zoneState(server: NameServer, zone: string, signal: AbortSignal): Promise<ZoneState | undefined> {
  try {
    const [records = []] = await server.query([{ name: zone, type: 'SOA' }], signal);
    const soa = records.find(({ type }) => type === 'SOA');
    return soa && stateIn(soa.data, soa.ttlSeconds);
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    return undefined;
  }
}

/** `mname rname serial refresh retry expire minimum`, as in a zone file. */
function stateIn(text: string, ttlSeconds: number): ZoneState {
  const [serial = 0, , , , minimum = 0] = text.split(' ').slice(2).map(Number);
  return { serial, negativeTtlSeconds: Math.min(minimum, ttlSeconds) };
}
