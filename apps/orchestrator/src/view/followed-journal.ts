import { ApprovalWire, AuditEntryWire, decode, RunWire, StepRecordWire } from '#libs/contracts';
import { keys, type Entry, type Journal, type WatchEvent } from '#libs/journal';
import type { Stop } from '#libs/runtime';
import { FOLLOWED, type EventCursor, type Followed } from './event-cursor.js';
import type { FeedEvent } from './feed-event.js';

/** Where each of them is written. */
const PREFIXES: Readonly<Record<Followed, string>> = {
  decision: keys.audits(),
  run: keys.runs(),
  approval: keys.approvals(),
};

export interface Follower {
  /** `cursor`: what was told with this one; only on the last of what was written together, so that none is left out. */
  readonly onEvent: (event: FeedEvent, cursor?: EventCursor) => void;
  readonly onChange?: (keys: readonly string[]) => void;
  readonly onGap: () => void;
}

/** Tells what was written after `from`, each at least once and in order within its kind. */
export function followJournal(journal: Journal, from: EventCursor, follower: Follower): Stop {
  let cursor = from;
  const stops = FOLLOWED.map((kind) =>
    journal.watch(PREFIXES[kind], from[kind], {
      onEvents: (events) => {
        cursor = { ...cursor, [kind]: latestOf(events, cursor[kind]) };
        const told = events.flatMap((event) => (event.kind === 'put' ? eventsIn(kind, event.entry) : []));
        for (const event of told) follower.onEvent(event, event === told.at(-1) ? cursor : undefined);
        follower.onChange?.(keysOf(events));
      },
      onGap: follower.onGap,
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

export const keysOf = (events: readonly WatchEvent[]): readonly string[] =>
  events.map((event) => (event.kind === 'put' ? event.entry.key : event.key));

const latestOf = (events: readonly WatchEvent[], before: EventCursor[Followed]): EventCursor[Followed] =>
  events.reduce((latest, event) => {
    const { revision } = event.kind === 'put' ? event.entry : event;
    return revision > latest ? revision : latest;
  }, before);

/** What cannot be read is told to nobody. */
function eventsIn(kind: Followed, { key, value }: Entry): readonly FeedEvent[] {
  if (kind === 'decision') return read(decode(AuditEntryWire, value, key), 'decision');
  if (kind === 'approval') return read(decode(ApprovalWire, value, key), 'approval');
  return key.endsWith('/run')
    ? read(decode(RunWire, value, key), 'run')
    : read(decode(StepRecordWire, value, key), 'step');
}

const read = (record: { readonly ok: true; readonly value: unknown } | { readonly ok: false }, kind: string) =>
  record.ok ? [{ kind, data: record.value } as FeedEvent] : [];
