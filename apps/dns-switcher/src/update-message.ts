import { addressBytes } from './ip-address.js';
import type { RecordChange } from './name-change.js';
import type { RecordSet, RecordType } from './record-set.js';
import { CLASS, OTHER_TYPES, TYPE, u16, u32, wireName } from './wire.js';

/**
 * What was seen is compared as whole sets, order irrelevant, TTLs not. If one differs, nothing is changed (RFC 2136
 * §3.2); otherwise all of it, in one.
 */
export interface Update extends RecordChange {
  readonly zone: string;
  /** Where no record of another type may be: a server takes a CNAME beside one without a word, and does not add it. */
  readonly alone?: readonly string[];
}

const TYPES = { ...TYPE, ...OTHER_TYPES };
const ALONE = Object.keys(OTHER_TYPES) as (keyof typeof OTHER_TYPES)[];

/** What the length before a message can say (RFC 1035 §4.2.2), less what a signature may take. */
export const UPDATE_BYTES_MAX = 65_535 - 512;
const OPCODE_UPDATE = 5 << 11;
const HEADER_BYTES = 12;
/** Points at the name of the zone section, which comes first in every update (RFC 1035 §4.1.4). */
const ZONE_POINTER = u16(0xc000 | HEADER_BYTES);

/**
 * An RFC 2136 UPDATE, unsigned. Written by hand because dns-packet knows neither class NONE ("this set must not exist")
 * nor records without data.
 */
export function encodeUpdate(id: number, { zone, remove, create, absent, alone = [] }: Update): Buffer {
  const { whole, each } = recordIn(zone);
  const prerequisites = [
    ...remove.flatMap((set) => each(set, 0)),
    ...absent.map((set) => whole(set, CLASS.NONE)),
    ...alone.flatMap((name) => ALONE.map((type) => whole({ name, type }, CLASS.NONE))),
  ];
  const changes = [
    ...remove.map((set) => whole(set, CLASS.ANY)),
    ...create.flatMap((set) => each(set, set.ttlSeconds ?? 0)),
  ];
  const counts = [1, prerequisites.length, changes.length, 0].map(u16);
  const zoneSection = Buffer.concat([wireName(zone), u16(TYPE.SOA), u16(CLASS.IN)]);
  return Buffer.concat([u16(id), u16(OPCODE_UPDATE), ...counts, zoneSection, ...prerequisites, ...changes]);
}

/** How many bytes a change takes of an update of `zone`. */
export const bytesOf = (change: Omit<Update, 'zone'>, zone: string): number =>
  encodeUpdate(0, { ...change, zone }).length - encodeUpdate(0, { zone, remove: [], create: [], absent: [] }).length;

const recordIn = (zone: string) => {
  const owner = ownerIn(zone);
  const encode = (name: string, type: keyof typeof TYPES, recordClass: number, ttlSeconds: number, data: Buffer) =>
    Buffer.concat([owner(name), u16(TYPES[type]), u16(recordClass), u32(ttlSeconds), u16(data.length), data]);
  return {
    whole: (
      { name, type }: { readonly name: string; readonly type: keyof typeof TYPES },
      recordClass: number,
    ): Buffer => encode(name, type, recordClass, 0, Buffer.alloc(0)),
    each: ({ name, type, values }: RecordSet, ttlSeconds: number): readonly Buffer[] =>
      values.map((value) => encode(name, type, CLASS.IN, ttlSeconds, recordData[type](value))),
  };
};

/** Owners inside the zone end with a pointer to it, so that more names go into one message. */
const ownerIn = (zone: string) => {
  const suffix = wireName(zone);
  return (name: string): Buffer => {
    const whole = wireName(name);
    const isInside = whole.length >= suffix.length && whole.subarray(-suffix.length).equals(suffix);
    return isInside ? Buffer.concat([whole.subarray(0, -suffix.length), ZONE_POINTER]) : whole;
  };
};

/** Names in data are never compressed: servers do not unpack those of types that came after RFC 1035 (RFC 3597 §4). */
const recordData: Readonly<Record<RecordType, (value: string) => Buffer>> = {
  A: addressBytes,
  AAAA: addressBytes,
  CNAME: wireName,
  SRV: (value) => {
    const [priority, weight, port, host] = value.split(' ');
    return Buffer.concat([...[priority, weight, port].map((part) => u16(Number(part))), wireName(host!)]);
  },
  TXT: (text) => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]),
};
