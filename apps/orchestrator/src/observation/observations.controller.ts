import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { ObservationEvent } from '#libs/contracts';
import { OBSERVATIONS_TOPIC } from '#libs/messaging';
import { EventFeed } from '../view/event-feed.js';
import { LocalView } from './local-view.js';

/** Verified observations of every vantage: they explain and are shown; only votes in the journal decide. */
@Controller()
export class ObservationsController {
  constructor(
    private readonly localView: LocalView,
    private readonly feed: EventFeed,
  ) {}

  @EventPattern<string>(OBSERVATIONS_TOPIC)
  observe(@Payload() { data }: ObservationEvent): void {
    this.localView.observe(data);
    this.feed.emit({ kind: 'observation', data });
  }
}
