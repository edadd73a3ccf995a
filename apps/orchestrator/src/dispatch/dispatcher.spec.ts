import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { siteId, type Ring, type StepRecord, type WorkerKind } from '#libs/domain';
import { InMemoryDoorbell } from '#libs/jobs';
import { InMemoryJournal } from '#libs/journal';
import type { Stop } from '#libs/runtime';
import { StepBook } from '../../../../test/support/step-book.js';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { Dispatcher } from './dispatcher.js';

const LOOK_MS = 2_000;
const NAME = { worker: 'dns-switcher', resource: { kind: 'name', name: 'kafka.example' } } as const;

/** Can be away, as a Redis can. */
class BrokenDoorbell extends InMemoryDoorbell {
  isAway = false;
  override ring = async (worker: WorkerKind, ring: Ring) => !this.isAway && super.ring(worker, ring);
}

describe(Dispatcher.name, () => {
  const setUp = () => {
    const clock = new VirtualClock();
    const journal = new InMemoryJournal(clock);
    const doorbell = new BrokenDoorbell(clock);
    return { clock, journal, doorbell, book: new StepBook(journal), site: siteId('b') };
  };
  let at: ReturnType<typeof setUp>;
  let dispatcher: Dispatcher;
  let stop: Stop;
  beforeEach(async () => {
    at = setUp();
    await at.book.epoch(7);
    dispatcher = new Dispatcher(at.journal, at.doorbell, at.site, at.clock);
    stop = dispatcher.start(LOOK_MS);
    await at.clock.advance(0);
  });
  afterEach(() => stop());

  const listening = (worker: WorkerKind = 'dns-switcher') => {
    const heard: Ring[] = [];
    at.doorbell.listen(worker, (ring) => heard.push(ring));
    return heard;
  };
  const open = async (change: Partial<StepRecord> = {}) => {
    const step = await at.book.open({ ...NAME, ...change });
    await at.clock.advance(10);
    return step;
  };
  const queue = async () => (await dispatcher.queues()).find(({ worker }) => worker === 'dns-switcher');

  it('rings at once, and says which opening of which plan', async () => {
    const heard = listening();
    const step = await open({ attempt: 2 });
    expect(heard).toEqual([at.book.ringFor(step)]);
  });

  it('rings again for what stays open, and no more once it is taken', async () => {
    const heard = listening();
    const step = await open();
    await at.clock.advance(3 * LOOK_MS);
    expect(heard).toHaveLength(4);
    await at.book.settle(step);
    await at.clock.advance(3 * LOOK_MS);
    expect(heard).toHaveLength(4);
  });

  it('rings for another site by no means, nor for a site-guard, which watches the journal itself', async () => {
    const heard = [listening(), listening('site-guard')];
    await open({ runsAt: siteId('a') });
    await at.book.open();
    await at.clock.advance(LOOK_MS);
    expect(heard).toEqual([[], []]);
  });

  it('shows how many wait, for how long, and how often ringing failed', async () => {
    await open();
    expect(await queue()).toEqual({ worker: 'dns-switcher', depth: 1, oldestMs: 10, rung: 1, missed: 0 });
    at.doorbell.isAway = true;
    await at.clock.advance(LOOK_MS);
    expect(await queue()).toMatchObject({ depth: 1, oldestMs: 2_010, rung: 1, missed: 1 });
    at.doorbell.isAway = false;
    listening();
    await at.clock.advance(LOOK_MS);
    expect(await queue()).toMatchObject({ depth: 0, oldestMs: 0, rung: 2, missed: 1 });
  });
});
