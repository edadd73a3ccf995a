import { epoch, NEVER_STAMPED, type Epoch, type NameTarget } from '#libs/domain';
import { canonicalAddress } from './ip-address.js';
import { DnsForeignRecordError } from './errors.js';
import type { DnsRecord, NameServer } from './name-server.js';

/** What one server holds for a traffic name: its target and the epoch beside it. */
export interface NameState {
  readonly target: NameTarget;
  readonly epoch: Epoch;
}

/** Where a name's epoch is stamped: in the same zone, so that one atomic update covers both. */
export const epochName = (name: string): string => `_signalbox.${name}`;

export const epochText = (stamped: Epoch): string => `epoch=${stamped}`;

export const isSameTarget = (one: NameTarget, other: NameTarget): boolean =>
  one.ttlSeconds === other.ttlSeconds && canonical(one.addresses).join(' ') === canonical(other.addresses).join(' ');

/** One spelling, one order: a record set has none. */
export const canonical = (addresses: readonly string[]): readonly string[] =>
  addresses.map(canonicalAddress).toSorted();

/** Several queries: a change between them shows as a mixture, which the prerequisites of a write then refuse. */
export async function readNameState(server: NameServer, name: string, signal: AbortSignal): Promise<NameState> {
  const [addresses, addresses6, stamps] = await server.query(
    [
      { name, type: 'A' },
      { name, type: 'AAAA' },
      { name: epochName(name), type: 'TXT' },
    ],
    signal,
  );
  return { target: targetOf(server, name, [...addresses!, ...addresses6!]), epoch: epochOf(server, name, stamps!) };
}

function targetOf(server: NameServer, name: string, records: readonly DnsRecord[]): NameTarget {
  const alias = records.find((record) => record.type === 'CNAME');
  if (alias !== undefined)
    throw new DnsForeignRecordError(
      `${name} at ${server.address} is a CNAME to ${alias.data}; Signalbox switches addresses: replace it by A or AAAA records`,
    );
  return {
    addresses: canonical(records.map((record) => record.data)),
    ttlSeconds: records[0]?.ttlSeconds ?? 0,
  };
}

function epochOf(server: NameServer, name: string, records: readonly DnsRecord[]): Epoch {
  const texts = records.map((record) => record.data);
  if (texts.length === 0) return NEVER_STAMPED;
  const stamped = texts.length === 1 ? /^epoch=(\d{1,15})$/.exec(texts[0]!) : null;
  if (stamped === null)
    throw new DnsForeignRecordError(
      `${epochName(name)} at ${server.address} holds TXT ${JSON.stringify(texts)} instead of one epoch=<number>; ` +
        'Signalbox keeps the epoch of the name there: find out who writes it, then delete that record',
    );
  return epoch(Number(stamped[1]));
}
