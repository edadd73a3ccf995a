import type { Stamped } from '#libs/domain';
import { covers, patternsOf, type AclScope } from '../fence/acl-survey.js';
import type { HeldAccess } from '../fence/held-access.js';
import type { SizeNote, WrittenNote } from './size-ledger.js';

/**
 * The least that lets a transaction marker in, which is 78 bytes long, and no record of more than a few. With less, open
 * transactions could not end: readers of committed records would hang, until the broker is started anew.
 */
export const FENCED_BYTES = '78';

/** What a group's topics at one cluster are set to, and what the guard has noted there. */
export interface SizeSituation {
  readonly note: WrittenNote;
  /** max.message.bytes of its own, of every topic that is fenced with the group; undefined: it has none. */
  readonly sizes: ReadonlyMap<string, string | undefined>;
}

export interface SizeChange {
  readonly kept: SizeNote['kept'];
  /** By topic, only what is not so yet. */
  readonly sizes: ReadonlyMap<string, string | undefined>;
}

/** Of the topics that are there now, those of the group and its probe; of Signalbox's own no other. Pure. */
export function fencedTopics(scope: AclScope, present: readonly string[]): readonly string[] {
  const patterns = patternsOf(scope);
  const isOfGroup = (topic: string) =>
    !topic.startsWith('signalbox.') && patterns.some((pattern) => covers(pattern, { topic, match: 'literal' }));
  return [...present.filter(isOfGroup).sort(), scope.probeTopic];
}

/**
 * Held is what all of the topics show. Where some are fenced and others not, as after a topic was created or a change was
 * cut short, it is `unset`. Open for clients and open for the mirror look the same: only the note tells them apart. Pure.
 */
export function readSizes({ note, sizes }: SizeSituation): Stamped<HeldAccess> {
  const fenced = [...sizes].filter(([, size]) => size === FENCED_BYTES).map(([topic]) => topic);
  const version = `note ${note.end}; fenced ${fenced.join(' ')}`;
  if (fenced.length === sizes.size) return { value: 'none', epoch: note.epoch, version };
  const value = fenced.length > 0 || note.access === 'none' ? 'unset' : note.access;
  return { value, epoch: note.epoch, version };
}

/**
 * What is to be noted and set so that `next` holds; `unset` leaves topics as they are. A size that is the fence's is never
 * noted as a topic's own, wherever it came from: it would be given back. Pure.
 */
export function planSizes(next: HeldAccess, { note, sizes }: SizeSituation): SizeChange {
  if (next === 'unset') return { kept: note.kept, sizes: new Map() };
  const isFenced = (topic: string) => sizes.get(topic) === FENCED_BYTES;
  if (next !== 'none') {
    const closed = [...sizes.keys()].filter(isFenced);
    return { kept: note.kept, sizes: new Map(closed.map((topic) => [topic, note.kept[topic]])) };
  }
  const open = [...sizes].filter(([topic]) => !isFenced(topic));
  const before = Object.entries(note.kept).filter(([topic]) => !sizes.has(topic) || isFenced(topic));
  const own = open.flatMap(([topic, size]) => (size === undefined ? [] : [[topic, size] as const]));
  return {
    kept: Object.fromEntries([...before, ...own]),
    sizes: new Map(open.map(([topic]) => [topic, FENCED_BYTES])),
  };
}
