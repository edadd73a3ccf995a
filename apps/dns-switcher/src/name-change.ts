import { canonicalSets, setKey, type RecordSet } from './record-set.js';
import { stampName, stampText, UNSTAMPED, type Stamp } from './stamp.js';

/** What a provider holds for one name. */
export interface SeenName {
  readonly name: string;
  /** Every set that Signalbox manages at this name; a name with none is empty. */
  readonly sets: readonly RecordSet[];
  readonly stamp: Stamp;
  /** The record that the stamp was read from, exactly as it is there. */
  readonly stampSet?: RecordSet;
}

/** One name, from exactly what was seen to exactly what is wanted. */
export interface NameStep {
  readonly seen: SeenName;
  readonly sets: readonly RecordSet[];
  readonly stamp: Stamp;
}

/** Absolute: made of what must be there and what shall be. All of its names, or one after the other where that cannot be. */
export interface NameChange {
  readonly names: readonly NameStep[];
}

/** A change in record sets, for providers that hold the stamp as a TXT beside the name. */
export interface RecordChange {
  /** Must be there, exactly so, and goes; what was seen and stays as it is goes and comes again. */
  readonly remove: readonly RecordSet[];
  /** Comes; nothing else may be in its place. */
  readonly create: readonly RecordSet[];
  /** What was not there when it was looked at. */
  readonly absent: readonly Pick<RecordSet, 'name' | 'type'>[];
}

/** Of a name that has no TTL of its own. */
const STAMP_TTL_SECONDS = 60;
const MANAGED = ['A', 'AAAA', 'CNAME', 'SRV'] as const;

/** The compare-and-swap of a change, in record sets. Pure. */
export function recordChange({ names }: NameChange): RecordChange {
  return {
    remove: names.flatMap(({ seen }) => [...seen.sets, ...(seen.stampSet ? [seen.stampSet] : [])]),
    create: names.flatMap(({ seen, sets, stamp }) => [...sets, stampSetOf(seen.name, stamp, sets)]),
    absent: names.flatMap(({ seen: { name, sets, stampSet } }) => [
      ...MANAGED.filter((type) => !sets.some((set) => set.type === type)).map((type) => ({ name, type })),
      ...(stampSet ? [] : [{ name: stampName(name), type: 'TXT' as const }]),
    ]),
  };
}

export const stampSetOf = (name: string, stamp: Stamp, beside: readonly RecordSet[]): RecordSet => ({
  name: stampName(name),
  type: 'TXT',
  values: [stampText(stamp)],
  ttlSeconds: beside.find(({ ttlSeconds }) => ttlSeconds !== undefined)?.ttlSeconds ?? STAMP_TTL_SECONDS,
});

/** Whether a name is still what was seen: its sets, and the stamp with it. */
export const isUnchanged = (seen: SeenName, now: SeenName): boolean =>
  hasSameStamp(seen, now) && hasSameSets(seen.sets, now.sets);

export const hasSameStamp = (one: SeenName, other: SeenName): boolean => stampOf(one) === stampOf(other);

const stampOf = ({ stamp }: SeenName): string => (stamp.epoch === UNSTAMPED.epoch ? '' : stampText(stamp));

export const hasSameSets = (some: readonly RecordSet[], others: readonly RecordSet[]): boolean =>
  JSON.stringify(canonicalSets(some).map(comparable)) === JSON.stringify(canonicalSets(others).map(comparable));

/** In one order of fields, whoever built it. */
const comparable = (set: RecordSet) => [
  setKey(set),
  set.values,
  set.ttlSeconds,
  set.alias && [set.alias.zoneId, set.alias.aliasOf, set.alias.evaluateHealth],
  set.routing && JSON.stringify(set.routing.by),
  set.healthCheckId,
];
