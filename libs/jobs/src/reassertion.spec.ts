import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeOrThrow, ReassertedRecordWire } from '#libs/contracts';
import { epoch, groupId, siteId, UnavailableError, type StepRecord, type WriteAccess } from '#libs/domain';
import { keys } from '#libs/journal';
import { InMemoryLog } from '#libs/runtime';
import { TroubledResource } from '../../../test/support/troubled-resource.js';
import { GUARD, WorkerBench } from '../../../test/support/worker-bench.js';
import { ReassertionTally } from './reassertion-tally.js';
import { Reassertion } from './reassertion.js';

const REASSERT_MS = 5_000;
const RESOURCE = { kind: 'write-access', group: 'orders', site: 'b' } as const;
const ORDER = keys.order('site-guard', RESOURCE);

/** As a resource without a compare-and-set of its own. */
class WeakResource extends TroubledResource<WriteAccess> {
  override readonly fence = 'weak' as never;
  isPartial = false;
  override async read(signal: AbortSignal) {
    return { ...(await super.read(signal)), isPartial: this.isPartial };
  }
}

describe(Reassertion.name, () => {
  let bench: WorkerBench;
  let resource: WeakResource;
  let reassertion: Reassertion;
  let mayKeep: boolean;

  beforeEach(async () => {
    bench = await WorkerBench.make();
    resource = new WeakResource('inbound');
    bench.resources.set('write-access/orders/b', resource);
    mayKeep = true;
    const { journal, clock, readiness } = bench;
    const tally = new ReassertionTally(journal, clock, GUARD);
    reassertion = new Reassertion(
      { journal, clock, readiness, log: new InMemoryLog(), tally },
      {
        site: siteId('b'),
        worker: 'site-guard',
        reassertMs: REASSERT_MS,
        callTimeoutMs: 2_000,
        mayKeep: () => mayKeep,
      },
      bench.resolve,
      bench.lanes,
    );
    bench.worker.start();
    reassertion.start();
  });
  afterEach(async () => {
    const stopped = reassertion.stop();
    await bench.end();
    await stopped;
  });

  const done = async (step: Partial<StepRecord> = {}) => {
    await bench.book.open(step);
    await bench.settledAs('done', step.name);
    resource.asked.length = 0;
  };
  const held = () => ({ value: resource.held.value, epoch: resource.held.epoch });
  const counted = async () => {
    const key = keys.reasserted(groupId('orders'), RESOURCE);
    const [entry] = (await bench.truth.read(key)).entries;
    return entry ? decodeOrThrow(ReassertedRecordWire, entry.value, key) : undefined;
  };
  const withdraw = () => bench.truth.commit({ conditions: [], changes: [{ kind: 'delete', key: ORDER }] });

  it('gives back what a step had set, within its time, and counts it', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    await bench.clock.advance(REASSERT_MS);
    expect(held()).toEqual({ value: 'none', epoch: 7 });
    expect(await counted()).toMatchObject({ times: 1, audited: 0, by: GUARD, epoch: 7, ordered: '"none"' });
    resource.set('clients', epoch(7));
    await bench.clock.advance(REASSERT_MS);
    expect(await counted()).toMatchObject({ times: 2, found: '{"epoch":7,"value":"clients"}' });
  });

  it('gives back the value with the stamp, where somebody put an older one', async () => {
    await done({ desired: 'none' });
    resource.set('none', epoch(3));
    await bench.clock.advance(REASSERT_MS);
    expect(held()).toEqual({ value: 'none', epoch: 7 });
  });

  it('makes whole what somebody changed in part', async () => {
    await done({ desired: 'none' });
    resource.isPartial = true;
    resource.writes.push(() => void (resource.isPartial = false));
    await bench.clock.advance(REASSERT_MS);
    expect(resource.asked).toEqual([{ next: 'none', epoch: 7 }]);
  });

  it('writes nothing while all is as ordered', async () => {
    await done({ desired: 'none' });
    await bench.clock.advance(10 * REASSERT_MS);
    expect(resource.asked).toEqual([]);
    expect(await counted()).toBeUndefined();
  });

  describe('under a higher epoch than the order', () => {
    beforeEach(() => done({ desired: 'none' }));

    it('leaves the resource to the run that is on its way', async () => {
      await bench.book.epoch(8);
      await bench.book.running();
      resource.set('clients', epoch(7));
      await bench.clock.advance(3 * REASSERT_MS);
      expect(resource.asked).toEqual([]);
    });

    it('writes under the epoch in force once no run is open, and says so in the journal first', async () => {
      await bench.book.epoch(8);
      await bench.book.steady();
      resource.set('clients', epoch(7));
      resource.writes.push(async () => {
        const [entry] = (await bench.truth.read(ORDER)).entries;
        expect(JSON.parse(entry!.value)).toMatchObject({ value: 'none', epoch: 8 });
      });
      await bench.clock.advance(REASSERT_MS);
      expect(resource.asked).toEqual([{ next: 'none', epoch: 8 }]);
    });

    it('leaves a resource alone that carries it', async () => {
      await bench.book.steady();
      resource.set('clients', epoch(9));
      await bench.clock.advance(3 * REASSERT_MS);
      expect(resource.asked).toEqual([]);
      expect(held()).toEqual({ value: 'clients', epoch: 9 });
    });

    it('is refused when a seal came between its look and its write', async () => {
      resource.set('clients', epoch(7));
      resource.writes.push(() => resource.set('clients', epoch(8)));
      await bench.clock.advance(REASSERT_MS);
      expect(held()).toEqual({ value: 'clients', epoch: 8 });
      expect(await counted()).toBeUndefined();
    });
  });

  it('does nothing by an order that was withdrawn with the intent of another change', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    await withdraw();
    await bench.clock.advance(3 * REASSERT_MS);
    expect(resource.asked).toEqual([]);
  });

  it('does nothing by an order that was withdrawn while it looked', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    let looks = 0;
    const read = resource.read.bind(resource);
    resource.read = async (signal) => {
      looks += 1;
      if (looks === 2) await withdraw();
      return read(signal);
    };
    await bench.clock.advance(REASSERT_MS);
    expect(looks).toBeGreaterThan(1);
    expect(resource.asked).toEqual([]);
  });

  it('does not keep what a step could not read back', async () => {
    resource.hasEffect = false;
    await bench.book.open({ desired: 'none' });
    await bench.settledAs('failed');
    expect((await bench.truth.read(ORDER)).entries).toEqual([]);
  });

  describe('after a seal', () => {
    const seal = { name: 'seal', action: 'seal', desired: undefined } as const;

    it('keeps what it found, where nothing was ordered', async () => {
      await done(seal);
      resource.set('clients', epoch(7));
      await bench.clock.advance(REASSERT_MS);
      expect(held()).toEqual({ value: 'inbound', epoch: 7 });
    });

    it('gives back what was ordered before, though it found something else', async () => {
      await done({ desired: 'none' });
      resource.set('clients', epoch(7));
      await bench.book.epoch(8);
      await bench.book.running();
      await done({ ...seal, epoch: epoch(8) });
      await bench.clock.advance(REASSERT_MS);
      expect(held()).toEqual({ value: 'none', epoch: 8 });
    });
  });

  it('lets a step go first, and does not undo it', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    resource.writes.push(() => (ask(), new Promise(() => undefined)));
    await bench.clock.advance(REASSERT_MS / 2);
    await asked;
    await withdraw();
    await bench.book.open({ name: 'next', desired: 'inbound' });
    await bench.settledAs('done', 'next');
    expect(held()).toEqual({ value: 'inbound', epoch: 7 });
    await bench.clock.advance(2 * REASSERT_MS);
    expect(held()).toEqual({ value: 'inbound', epoch: 7 });
  });

  it('leaves alone what moves by itself, and what refuses by itself', async () => {
    const moving = Object.assign(new WeakResource('inbound'), { movesByItself: true });
    const strong = new TroubledResource<WriteAccess>('inbound');
    for (const [other, orders] of [
      [moving, 0],
      [strong, 1],
    ] as const) {
      bench.resources.set('write-access/orders/b', other);
      await done({ desired: 'none' });
      expect((await bench.truth.read(ORDER)).entries).toHaveLength(orders);
      other.set('clients', epoch(7));
      other.asked.length = 0;
      await bench.clock.advance(2 * REASSERT_MS);
      expect(other.asked).toEqual([]);
    }
  });

  it('touches nothing that it may not keep, such as in mode observe', async () => {
    await done({ desired: 'none' });
    mayKeep = false;
    resource.set('clients', epoch(7));
    await bench.clock.advance(3 * REASSERT_MS);
    expect(resource.asked).toEqual([]);
  });

  it('says what it cannot keep, until it can', async () => {
    const component = 'order of write-access/orders/b';
    const state = () => bench.readiness.report().components[component]?.state;
    await done({ desired: 'none' });
    resource.isAway = true;
    await bench.clock.advance(REASSERT_MS);
    expect(state()).toBe('missing');
    resource.set('clients', epoch(7));
    resource.isAway = false;
    await bench.clock.advance(REASSERT_MS);
    expect([state(), held().value]).toEqual(['ready', 'none']);
  });

  it('counts what it gave back when it is read back later', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    resource.writes.push('written-unanswered');
    const read = resource.read.bind(resource);
    let isSlow = true;
    resource.read = async (signal) => {
      if (isSlow && resource.held.value === 'none') throw new UnavailableError('the connector is still stopping');
      return read(signal);
    };
    await bench.clock.advance(REASSERT_MS);
    expect(held()).toEqual({ value: 'none', epoch: 7 });
    expect(await counted()).toBeUndefined();
    isSlow = false;
    await bench.clock.advance(REASSERT_MS);
    expect(await counted()).toMatchObject({ times: 1 });
  });

  it('counts what it gave back while the journal did not answer', async () => {
    await done({ desired: 'none' });
    resource.set('clients', epoch(7));
    resource.writes.push(() => bench.journal.goesAway());
    await bench.clock.advance(REASSERT_MS);
    expect(held()).toEqual({ value: 'none', epoch: 7 });
    expect(await counted()).toBeUndefined();
    bench.journal.returns();
    await bench.clock.advance(2_000);
    expect(await counted()).toMatchObject({ times: 1 });
  });
});
