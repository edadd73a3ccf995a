import { addressBytes } from './ip-address.js';
import type { RecordChange } from './name-change.js';
import type { RecordSet, RecordType } from './record-set.js';
import { CLASS, OTHER_TYPES, TYPE, u16, wireName } from './wire.js';

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
type AnyType = keyof typeof TYPES;
const ALONE = Object.keys(OTHER_TYPES) as (keyof typeof OTHER_TYPES)[];

/** What the length before a message can say (RFC 1035 §4.2.2), less what a signature may take. */
export const UPDATE_BYTES_MAX = 65_535 - 512;
const OPCODE_UPDATE = 5 << 11;
const HEADER_BYTES = 12;
/** At most: the header, and the zone with its type and class. */
export const UPDATE_START_BYTES = HEADER_BYTES + 255 + 4;
/** Points at the name of the zone section, which comes first in every update (RFC 1035 §4.1.4). */
const ZONE_POINTER = u16(0xc000 | HEADER_BYTES);
/** Type, class, TTL and length of data. */
const RECORD_BYTES = 10;
const COUNTS_AT = 4;

/**
 * An RFC 2136 UPDATE, unsigned. Written by hand because dns-packet knows neither class NONE ("this set must not exist")
 * nor records without data.
 */
export function encodeUpdate(id: number, update: Update): Buffer {
  const { zone, remove, create, absent, alone = [] } = update;
  const message = new UpdateMessage(id, zone, UPDATE_START_BYTES + bytesOf(update, zone));
  for (const set of remove) message.addEach(set, 0);
  for (const { name, type } of absent) message.addWhole(name, type, CLASS.NONE);
  for (const name of alone) for (const type of ALONE) message.addWhole(name, type, CLASS.NONE);
  const prerequisites = message.count;
  for (const { name, type } of remove) message.addWhole(name, type, CLASS.ANY);
  for (const set of create) message.addEach(set, set.ttlSeconds ?? 0);
  return message.end([1, prerequisites, message.count - prerequisites, 0]);
}

/** At most so many bytes a change takes of an update of `zone`; all of them where its names are in their canonical form. */
export function bytesOf({ remove, create, absent, alone = [] }: Omit<Update, 'zone'>, zone: string): number {
  const start = (name: string): number => ownerBytes(name, zone) + RECORD_BYTES;
  let bytes = 0;
  for (const sets of [remove, create])
    for (const { name, type, values } of sets)
      for (const value of values) bytes += start(name) + dataBytes[type](value);
  for (const { name } of remove) bytes += start(name);
  for (const { name } of absent) bytes += start(name);
  for (const name of alone) bytes += ALONE.length * start(name);
  return bytes;
}

/** One buffer, since thousands of records are written while people wait. */
class UpdateMessage {
  count = 0;
  private readonly bytes: Buffer;
  private at = 0;
  private readonly suffix: Buffer;
  private readonly owners = new Map<string, Buffer>();

  constructor(id: number, zone: string, bytesMax: number) {
    this.bytes = Buffer.allocUnsafe(bytesMax);
    this.suffix = wireName(zone);
    this.add16(id);
    this.add16(OPCODE_UPDATE);
    this.at = HEADER_BYTES;
    this.add(this.suffix);
    this.add16(TYPE.SOA);
    this.add16(CLASS.IN);
  }

  /** The set as a whole, by its name and type. */
  addWhole(name: string, type: AnyType, recordClass: number): void {
    this.addRecord(name, type, recordClass, 0, NOTHING);
  }

  /** Every record of the set. */
  addEach({ name, type, values }: RecordSet, ttlSeconds: number): void {
    for (const value of values) this.addRecord(name, type, CLASS.IN, ttlSeconds, recordData[type](value));
  }

  /** @param counts of the four sections */
  end(counts: readonly number[]): Buffer {
    counts.forEach((count, index) => this.bytes.writeUInt16BE(count, COUNTS_AT + 2 * index));
    return this.bytes.subarray(0, this.at);
  }

  private addRecord(name: string, type: AnyType, recordClass: number, ttlSeconds: number, data: Buffer): void {
    this.add(this.owner(name));
    this.add16(TYPES[type]);
    this.add16(recordClass);
    this.at = this.bytes.writeUInt32BE(ttlSeconds, this.at);
    this.add16(data.length);
    this.add(data);
    this.count += 1;
  }

  private add(bytes: Buffer): void {
    this.at += bytes.copy(this.bytes, this.at);
  }

  private add16(value: number): void {
    this.at = this.bytes.writeUInt16BE(value, this.at);
  }

  /** Inside the zone it ends with a pointer to that, so that more names go into one message. */
  private owner(name: string): Buffer {
    const known = this.owners.get(name);
    if (known) return known;
    const whole = wireName(name);
    const { suffix } = this;
    const isInside = whole.length >= suffix.length && whole.subarray(-suffix.length).equals(suffix);
    const owner = isInside ? Buffer.concat([whole.subarray(0, -suffix.length), ZONE_POINTER]) : whole;
    this.owners.set(name, owner);
    return owner;
  }
}

const NOTHING = Buffer.alloc(0);

/** A length before each label and a zero at the end, or the pointer to the zone in the place of what is in it. */
const nameBytes = (name: string): number => Buffer.byteLength(name) + 2;
const ownerBytes = (name: string, zone: string): number =>
  name === zone || name.endsWith(`.${zone}`) ? nameBytes(name) - Buffer.byteLength(zone) : nameBytes(name);

const dataBytes: Readonly<Record<RecordType, (value: string) => number>> = {
  A: () => 4,
  AAAA: () => 16,
  CNAME: nameBytes,
  SRV: (value) => 6 + nameBytes(value.slice(value.lastIndexOf(' ') + 1)),
  TXT: (text) => 1 + Buffer.byteLength(text),
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
