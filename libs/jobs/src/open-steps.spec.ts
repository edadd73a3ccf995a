import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, processId, siteId, type ResourceRef, type Ring } from '#libs/domain';
import { keys } from '#libs/journal';
import { POLL_MS, WorkerBench } from '../../../test/support/worker-bench.js';
import { InMemoryDoorbell } from './in-memory.doorbell.js';
import { OpenSteps } from './open-steps.js';

const NAME: ResourceRef = { kind: 'name', name: 'kafka.example' };

describe(`${OpenSteps.name}, as a worker finds them`, () => {
  let bench: WorkerBench;
  beforeEach(async () => void (bench = await WorkerBench.make()));
  afterEach(() => bench.end());

  it('takes what was open before it started', async () => {
    await bench.book.open();
    bench.worker.start();
    await bench.settledAs('done');
    expect(bench.resource.held.value).toBe('clients');
  });

  it('leaves steps alone that another worker or another site does', async () => {
    bench.worker.start();
    await bench.book.open({ name: 'dns', worker: 'dns-switcher', resource: NAME });
    await bench.book.open({ name: 'fence', runsAt: siteId('a') });
    await bench.clock.advance(10 * POLL_MS);
    expect(await bench.book.status('dns')).toBe('open');
    expect(await bench.book.status('fence')).toBe('open');
  });

  it('starts at once when the journal or the doorbell tells of a step', async () => {
    bench.worker.start();
    await bench.clock.advance(100);
    await bench.book.open();
    await bench.clock.advance(0);
    expect(await bench.book.status()).toBe('done');
  });

  it('hears the doorbell while the watch is silent', async () => {
    const doorbell = new InMemoryDoorbell(bench.clock);
    bench.worker = bench.makeWorker(doorbell);
    bench.journal.goesAway();
    bench.worker.start();
    await bench.clock.advance(0);
    bench.journal.returns();
    const step = await bench.book.open();
    await doorbell.ring('site-guard', bench.book.ringFor(step));
    await bench.clock.advance(0);
    expect(await bench.book.status()).toBe('done');
  });

  it('does nothing about a ring for what is not its step, or no step at all', async () => {
    const doorbell = new InMemoryDoorbell(bench.clock);
    bench.worker = bench.makeWorker(doorbell);
    bench.worker.start();
    const elsewhere = await bench.book.open({ runsAt: siteId('a') });
    await doorbell.ring('site-guard', bench.book.ringFor(elsewhere));
    await doorbell.ring('site-guard', { ...bench.book.ringFor(elsewhere), step: 'no-such-step' });
    await bench.clock.advance(POLL_MS);
    expect(await bench.book.status()).toBe('open');
    expect(bench.readiness.report().components['steps']).toBeUndefined();
  });

  it.each<[string, Partial<Ring>]>([
    ['another epoch', { epoch: epoch(6) }],
    ['an attempt that is over', { attempt: 0 }],
    ['another plan', { planHash: 'forged' }],
  ])('does nothing about a ring for %s, and finds the step by itself', async (_what, change) => {
    const doorbell = new InMemoryDoorbell(bench.clock);
    bench.worker = bench.makeWorker(doorbell);
    bench.journal.goesAway();
    bench.worker.start();
    await bench.clock.advance(0);
    bench.journal.returns();
    const step = await bench.book.open();
    await doorbell.ring('site-guard', { ...bench.book.ringFor(step), ...change });
    await bench.clock.advance(0);
    expect(await bench.book.status()).toBe('open');
    await bench.clock.advance(POLL_MS);
    expect(await bench.book.status()).toBe('done');
    expect(bench.readiness.report().figures?.['steps found']).toEqual({ byRing: 0, byWatch: 0, byLooking: 1 });
  });

  it('looks at once and watches anew after a gap in the history', async () => {
    bench.worker.start();
    await bench.clock.advance(100);
    bench.journal.losesHistory();
    await bench.clock.advance(0);
    await bench.book.open();
    await bench.clock.advance(0);
    expect(await bench.book.status()).toBe('done');
  });

  it('does a step once, however often it is told of it', async () => {
    const doorbell = new InMemoryDoorbell(bench.clock);
    bench.worker = bench.makeWorker(doorbell);
    bench.worker.start();
    const step = await bench.book.open();
    for (let rings = 0; rings < 5; rings++) await doorbell.ring('site-guard', bench.book.ringFor(step));
    await bench.settledAs('done');
    await doorbell.ring('site-guard', bench.book.ringFor(step));
    await bench.clock.advance(3 * POLL_MS);
    expect(bench.resource.asked).toHaveLength(1);
  });

  it('does a step once when two workers hear the same ring', async () => {
    const doorbells = [new InMemoryDoorbell(bench.clock), new InMemoryDoorbell(bench.clock)];
    const workers = doorbells.map((doorbell, replica) =>
      bench.makeWorker(doorbell, processId(`site-guard@b-${replica}`)),
    );
    for (const worker of workers) worker.start();
    const step = await bench.book.open();
    for (const doorbell of doorbells) await doorbell.ring('site-guard', bench.book.ringFor(step));
    await bench.settledAs('done');
    await bench.clock.advance(3 * POLL_MS);
    expect(bench.resource.asked).toHaveLength(1);
    for (const worker of workers) await worker.stop();
  });

  it('finds a step by looking when neither watch nor doorbell told of it', async () => {
    bench.journal.goesAway();
    bench.worker.start();
    await bench.clock.advance(100);
    await bench.book.open();
    bench.journal.returns();
    await bench.clock.advance(POLL_MS);
    expect(await bench.book.status()).toBe('done');
  });

  it('says that the journal is missing, and that it is back', async () => {
    bench.journal.goesAway();
    bench.worker.start();
    await bench.clock.advance(0);
    expect(bench.readiness.report().components['journal']).toMatchObject({ state: 'missing' });
    bench.journal.returns();
    await bench.clock.advance(POLL_MS);
    expect(bench.readiness.report().components['journal']).toEqual({ state: 'ready' });
  });

  it('says so when a record makes no sense, and goes on with the others', async () => {
    bench.worker.start();
    const key = keys.step((await bench.book.open({ name: 'odd', runsAt: siteId('a') })).run, 'odd');
    await bench.truth.commit({
      conditions: [],
      changes: [
        { kind: 'put', key, value: '{' },
        { kind: 'put', key: `${keys.openSteps(siteId('b'))}odd`, value: key },
      ],
    });
    await bench.clock.advance(0);
    expect(bench.readiness.report().components['steps']).toMatchObject({ state: 'missing' });
    await bench.book.open();
    await bench.settledAs('done');
  });
});
