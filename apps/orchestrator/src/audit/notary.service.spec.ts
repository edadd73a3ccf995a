import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Run, RunPhase } from '#libs/domain';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { EventFeed } from '../view/event-feed.js';
import { NotaryService } from './notary.service.js';

const EVERY_MS = 60_000;

describe('NotaryService', () => {
  const clock = new VirtualClock();
  const feed = new EventFeed();
  let times: number;
  let service: NotaryService;
  beforeEach(async () => {
    times = 0;
    const notary = { attest: async () => void (times += 1) };
    service = new NotaryService(notary, feed, clock, EVERY_MS);
    service.onApplicationBootstrap();
    await clock.advance(0);
  });
  afterEach(() => service.beforeApplicationShutdown());

  const told = async (phase: RunPhase) => {
    feed.emit({ kind: 'run', data: { phase } as Run });
    await clock.advance(0);
  };

  it('has everything signed at the start, every so often, and as soon as a run is closed', async () => {
    expect(times).toBe(1);
    await clock.advance(EVERY_MS);
    expect(times).toBe(2);
    await told('stepping');
    expect(times).toBe(2);
    await told('completed-with-exceptions');
    expect(times).toBe(3);
    await clock.advance(EVERY_MS - 1);
    expect(times).toBe(3);
  });

  it('does nothing after its end', async () => {
    service.beforeApplicationShutdown();
    await told('completed');
    await clock.advance(2 * EVERY_MS);
    expect(times).toBe(1);
  });
});
