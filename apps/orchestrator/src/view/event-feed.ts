import { filter, Observable, Subject } from 'rxjs';
import type { Journal } from '#libs/journal';
import type { EventCursor } from './event-cursor.js';
import type { FeedEvent } from './feed-event.js';
import { followJournal } from './followed-journal.js';

/** `cursor`: where a listener that has seen this one goes on, when it was away. */
export interface Told {
  readonly event: FeedEvent;
  readonly cursor?: EventCursor;
}

/** What is in no journal: seen now, or never. */
const PASSING: readonly FeedEvent['kind'][] = ['observation', 'verdict'];

export class EventFeed {
  private readonly subject = new Subject<Told>();
  private cursor: EventCursor | undefined;

  /** Everything from now on. */
  get events(): Observable<Told> {
    return this.subject;
  }

  /** How far the journal was told to everybody; undefined until it was reached once. */
  get current(): EventCursor | undefined {
    return this.cursor;
  }

  /** As `events`, and before it what the journal got after `from`; a `gap` when that is not there any more. */
  since(from: EventCursor, journal: Journal): Observable<Told> {
    const passing = this.subject.pipe(filter(({ event }) => PASSING.includes(event.kind)));
    return new Observable<Told>((listener) => {
      const inPassing = passing.subscribe(listener);
      const stop = followJournal(journal, from, {
        onEvent: (event, cursor) => listener.next({ event, ...(cursor && { cursor }) }),
        onGap: () => {
          listener.next({ event: { kind: 'gap', data: {} }, ...(this.cursor && { cursor: this.cursor }) });
          listener.complete();
        },
      });
      return () => {
        inPassing.unsubscribe();
        stop();
      };
    });
  }

  emit(event: FeedEvent, cursor?: EventCursor): void {
    if (cursor) this.cursor = cursor;
    this.subject.next({ event, ...(cursor && { cursor }) });
  }

  reached(cursor: EventCursor): void {
    this.cursor = cursor;
  }

  close(): void {
    this.subject.complete();
  }
}
