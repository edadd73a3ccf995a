import { Controller, Sse, type MessageEvent } from '@nestjs/common';
import { interval, map, merge, type Observable } from 'rxjs';
import { EventFeed } from '../view/event-feed.js';
import { Needs } from './token.guard.js';

/** A comment-like event that keeps idle connections from being cut, and shows a client that we are alive. */
const KEEP_ALIVE_MS = 5_000;

@Controller('v1/events')
export class EventsController {
  constructor(private readonly feed: EventFeed) {}

  @Sse()
  @Needs('read')
  events(): Observable<MessageEvent> {
    const told = this.feed.events.pipe(map(({ kind, data }): MessageEvent => ({ type: kind, data })));
    const alive = interval(KEEP_ALIVE_MS).pipe(map((): MessageEvent => ({ type: 'alive', data: {} })));
    return merge(told, alive);
  }
}
