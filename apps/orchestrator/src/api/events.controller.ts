import { Controller, Headers, Sse, type MessageEvent } from '@nestjs/common';
import { Journal } from '#libs/journal';
import { interval, map, merge, startWith, type Observable } from 'rxjs';
import { cursorText, parseCursor, type EventCursor } from '../view/event-cursor.js';
import { EventFeed, type Told } from '../view/event-feed.js';
import { ApiError } from './api-error.js';
import { Needs } from './token.guard.js';

/** A comment-like event that keeps idle connections from being cut, and shows a client that we are alive. */
const KEEP_ALIVE_MS = 5_000;

@Controller('v1/events')
export class EventsController {
  constructor(
    private readonly feed: EventFeed,
    private readonly journal: Journal,
  ) {}

  /** The first event has an id as well: a client that has seen nothing else can go on from there, at any orchestrator. */
  @Sse()
  @Needs('read')
  events(@Headers('last-event-id') last?: string): Observable<MessageEvent> {
    const from = last === undefined || last === '' ? undefined : cursorIn(last);
    const told = from ? this.feed.since(from, this.journal) : this.feed.events;
    const alive = interval(KEEP_ALIVE_MS).pipe(map(() => aliveAt(undefined)));
    return merge(told.pipe(map(messageOf)), alive).pipe(startWith(aliveAt(from ?? this.feed.current)));
  }
}

const messageOf = ({ event, cursor }: Told): MessageEvent => ({
  type: event.kind,
  data: event.data,
  ...(cursor && { id: cursorText(cursor) }),
});

const aliveAt = (cursor: EventCursor | undefined): MessageEvent => ({
  type: 'alive',
  data: {},
  ...(cursor && { id: cursorText(cursor) }),
});

/** @throws ApiError 400 */
function cursorIn(text: string): EventCursor {
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  const message = 'The header Last-Event-ID is no id that this API gave.';
  throw new ApiError(400, 'SB_BAD_REQUEST', message, 'Leave it out, and read the state anew.');
}
