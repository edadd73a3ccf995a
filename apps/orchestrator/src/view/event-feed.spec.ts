import { beforeEach, describe, expect, it } from '@jest/globals';
import { groupId, type Instant } from '#libs/domain';
import { InMemoryJournal, keys } from '#libs/journal';
import { ApprovalWire } from '#libs/contracts';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { cursorAt, cursorText, parseCursor, type EventCursor } from './event-cursor.js';
import { EventFeed, type Told } from './event-feed.js';
import { JournalFollower } from './journal-follower.js';

let clock: VirtualClock;
let journal: InMemoryJournal;
let feed: EventFeed;
let started: EventCursor;
beforeEach(async () => {
  clock = new VirtualClock();
  journal = new InMemoryJournal(clock);
  feed = new EventFeed();
  new JournalFollower(journal, feed, clock).start(() => undefined);
  await clock.advance(0);
  if (!feed.current) throw new Error('the journal was not reached');
  started = feed.current;
});

const approval = (id: string) =>
  ApprovalWire.parse({
    id,
    group: groupId('orders'),
    kind: 'failover',
    target: 'b',
    phase: 'open',
    planHash: 'p',
    vetoes: [],
    requestedAt: 1 as Instant,
    expiresAt: 2 as Instant,
  });
/** Approvals that are written together. */
const write = async (...ids: readonly string[]) => {
  await journal.commit({
    conditions: [],
    changes: ids.map((id) => ({
      kind: 'put' as const,
      key: keys.approval(approval(id).id),
      value: JSON.stringify(approval(id)),
    })),
  });
  await clock.advance(0);
};
const idsIn = (told: readonly Told[]) =>
  told.flatMap(({ event }) => (event.kind === 'approval' ? [event.data.id] : []));
const listen = async (from: EventCursor) => {
  const told: Told[] = [];
  feed.since(from, journal).subscribe((each) => told.push(each));
  await clock.advance(0);
  return told;
};

describe('the event feed', () => {
  it('goes on where a listener was, and then with what comes', async () => {
    await write('one');
    const seen = feed.current ?? started;
    await write('two');
    const told = await listen(seen);
    await write('three');
    expect(idsIn(told)).toEqual(['two', 'three']);
    expect(idsIn(await listen(started))).toEqual(['one', 'two', 'three']);
  });

  it('leaves out nothing of what was written together: only the last of it moves the cursor', async () => {
    const told: Told[] = [];
    feed.events.subscribe((each) => told.push(each));
    await write('one', 'two');
    expect(told.map(({ cursor }) => cursor !== undefined)).toEqual([false, true]);
    expect(idsIn(await listen(started))).toEqual(['one', 'two']);
  });

  it('tells a listener that was away for too long, once, and where to go on', async () => {
    await write('one');
    await write('two');
    const { revision } = await journal.read(keys.approvals());
    journal.compact(revision);
    const told = await listen(started);
    expect(told).toEqual([{ event: { kind: 'gap', data: {} }, cursor: feed.current }]);
  });

  it('tells what is in no journal to everybody', async () => {
    const told = await listen(started);
    feed.emit({ kind: 'verdict', data: { verdict: {} as never, recorded: true } });
    expect(told.map(({ event }) => event.kind)).toEqual(['verdict']);
  });
});

describe('a cursor', () => {
  it('is the id of an event', () => {
    const cursor = { ...cursorAt(7 as never), run: 9 as never };
    expect(parseCursor(cursorText(cursor))).toEqual(cursor);
  });

  it.each(['', '7', '7.8', '7.8.9.10', '-1.2.3', 'a.b.c', '7.8.9\n', '1e3.2.3'])('is not %j', (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });
});
