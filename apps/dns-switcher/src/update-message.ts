import { addressBytes } from './ip-address.js';
import { CLASS, TYPE, u16, u32, wireName } from './wire.js';

/** All records of one name and type; empty means that there are none. */
export interface RecordSet {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'TXT';
  readonly values: readonly string[];
}

export interface Update {
  readonly zone: string;
  /** Compared as whole sets, order irrelevant. If one differs, nothing is changed (RFC 2136 §3.2). */
  readonly whereStill: readonly RecordSet[];
  /** Each set is deleted and written anew, in the same atomic update. */
  readonly replaceBy: readonly RecordSet[];
  readonly ttlSeconds: number;
}

const OPCODE_UPDATE = 5 << 11;

/**
 * An RFC 2136 UPDATE, unsigned. Written by hand because dns-packet knows neither class NONE ("this set must not exist")
 * nor records without data.
 */
export function encodeUpdate(id: number, update: Update): Buffer {
  const prerequisites = update.whereStill.flatMap(mustEqual);
  const changes = update.replaceBy.flatMap((set) => [deletion(set), ...additions(set, update.ttlSeconds)]);
  const counts = [1, prerequisites.length, changes.length, 0].map(u16);
  const zone = Buffer.concat([wireName(update.zone), u16(TYPE.SOA), u16(CLASS.IN)]);
  return Buffer.concat([u16(id), u16(OPCODE_UPDATE), ...counts, zone, ...prerequisites, ...changes]);
}

const mustEqual = (set: RecordSet): Buffer[] =>
  set.values.length === 0 ? [record(set, CLASS.NONE, 0)] : set.values.map((value) => record(set, CLASS.IN, 0, value));

const deletion = (set: RecordSet): Buffer => record(set, CLASS.ANY, 0);

const additions = (set: RecordSet, ttlSeconds: number): Buffer[] =>
  set.values.map((value) => record(set, CLASS.IN, ttlSeconds, value));

function record({ name, type }: RecordSet, recordClass: number, ttlSeconds: number, value?: string): Buffer {
  const data = value === undefined ? Buffer.alloc(0) : recordData[type](value);
  return Buffer.concat([wireName(name), u16(TYPE[type]), u16(recordClass), u32(ttlSeconds), u16(data.length), data]);
}

const recordData = {
  A: addressBytes,
  AAAA: addressBytes,
  TXT: (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]),
} as const;
