import { decodeOrThrow } from '#libs/contracts';
import type { Condition, Entry, Journal, Snapshot } from './journal.js';
import { keys } from './keys.js';
import { AnnouncementWire } from './members.js';
import { GroupStateWire } from './records.js';

/**
 * The highest schema of records that this version reads and writes; docs/journal.md says what each one is. A version
 * that knows schema n reads all from 1 to n, and writes the one in force.
 */
export const SCHEMA = 1;

/** A journal that says nothing is written in the first one. */
export const schemaIn = (snapshot: Snapshot): number => Number(entryAt(snapshot, keys.schema())?.value ?? 1);

/**
 * Puts a newer schema in force once every live process knows it, and no run is open that an older one may have to
 * finish. Any process may call it at any time. Compares all that it looked at, announcements included: who announces an
 * older one meanwhile makes it fail. Never goes back.
 * @returns the schema in force as far as is known
 * @throws UnavailableError, OutcomeUnknownError, MalformedError
 */
export async function raiseSchema(journal: Journal): Promise<number> {
  const snapshot = await journal.read(keys.schema(), keys.announced(), keys.members(), keys.groups());
  const current = schemaIn(snapshot);
  const next = lowestAnnounced(snapshot);
  if (next === undefined || next <= current || hasOpenRun(snapshot)) return current;
  const states = statesIn(snapshot);
  const conditions = [
    still(keys.schema(), snapshot),
    still(keys.announced(), snapshot),
    ...states.map(({ key, revision }): Condition => ({ kind: 'unchanged', key, revision })),
  ];
  const changes = [{ kind: 'put', key: keys.schema(), value: String(next) }] as const;
  const { committed } = await journal.commit({ conditions, changes });
  return committed ? next : current;
}

/** Whether a key is as a snapshot of it showed. */
export function still(key: string, snapshot: Snapshot): Condition {
  const entry = entryAt(snapshot, key);
  return entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key };
}

function lowestAnnounced({ entries }: Snapshot): number | undefined {
  const announced = entries
    .filter(({ key }) => key.startsWith(keys.members()))
    .map(({ key, value }) => decodeOrThrow(AnnouncementWire, value, key).schema);
  return announced.length === 0 ? undefined : Math.min(...announced);
}

const STATE = /^[^/]+\/state$/;
const statesIn = ({ entries }: Snapshot): readonly Entry[] =>
  entries.filter(({ key }) => key.startsWith(keys.groups()) && STATE.test(key.slice(keys.groups().length)));

const hasOpenRun = (snapshot: Snapshot): boolean =>
  statesIn(snapshot).some(({ key, value }) => decodeOrThrow(GroupStateWire, value, key).phase === 'running');

const entryAt = ({ entries }: Snapshot, key: string): Entry | undefined => entries.find((entry) => entry.key === key);
