import { isIP } from 'node:net';
import { canonicalAddress } from './ip-address.js';

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'TXT';

/** All records of one name and type, and of one set identifier where a provider keeps several sets side by side. */
export interface RecordSet {
  /** In lower case, without a final dot. */
  readonly name: string;
  readonly type: RecordType;
  /** An address, a host name, `priority weight port host`, or the text of a TXT; sorted. None where it is an alias. */
  readonly values: readonly string[];
  /** Absent where it is an alias. */
  readonly ttlSeconds?: number;
  readonly alias?: Alias;
  /** What tells it from its neighbours of the same name and type. */
  readonly routing?: Routing;
  readonly healthCheckId?: string;
  /** The provider's own mark of this very state, where it compares by one (an etag). */
  readonly version?: string;
}

export interface Alias {
  readonly zoneId: string;
  readonly aliasOf: string;
  readonly evaluateHealth: boolean;
}

export interface Routing {
  readonly setIdentifier: string;
  readonly by:
    | { readonly weight: number }
    | { readonly failover: 'primary' | 'secondary' }
    | { readonly latencyRegion: string }
    | { readonly multivalue: true };
}

/** What the provider keeps apart: two sets with the same key cannot both be there. */
export const setKey = ({ name, type, routing }: RecordSet): string =>
  routing === undefined ? `${name} ${type}` : `${name} ${type} ${routing.setIdentifier}`;

/** One spelling and one order, so that equal sets are equal texts. */
export const canonicalSet = (set: RecordSet): RecordSet => ({
  ...set,
  name: canonicalName(set.name),
  values: set.values.map(canonicalValue[set.type]).toSorted(),
});

export const canonicalSets = (sets: readonly RecordSet[]): readonly RecordSet[] =>
  sets.map(canonicalSet).toSorted((one, other) => (setKey(one) < setKey(other) ? -1 : 1));

export const canonicalName = (name: string): string => name.toLowerCase().replace(/\.$/, '');

const asItIs = (value: string): string => value;
const canonicalValue: Readonly<Record<RecordType, (value: string) => string>> = {
  A: asItIs,
  AAAA: (value) => (isIP(value) === 6 ? canonicalAddress(value) : value),
  CNAME: canonicalName,
  SRV: canonicalName,
  TXT: asItIs,
};
