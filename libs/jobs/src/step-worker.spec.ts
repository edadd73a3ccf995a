import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, processId, siteId, type WriteAccess } from '#libs/domain';
import { TroubledResource } from '../../../test/support/troubled-resource.js';
import { GUARD, POLL_MS, WorkerBench } from '../../../test/support/worker-bench.js';
import { STEP_HANDLERS } from './step-handlers.js';
import { StepWorker } from './step-worker.js';

describe(StepWorker.name, () => {
  let bench: WorkerBench;
  beforeEach(async () => void (bench = await WorkerBench.make()));
  afterEach(() => bench.end());

  describe('under an epoch that is over', () => {
    it('does not take a step', async () => {
      await bench.book.open({ epoch: epoch(6) });
      bench.worker.start();
      await bench.clock.advance(2 * POLL_MS);
      expect(await bench.book.status()).toBe('open');
      expect(bench.resource.asked).toEqual([]);
    });

    it('does not report a step that it had taken', async () => {
      bench.worker.start();
      bench.resource.writes.push(async () => void (await bench.book.epoch(8)));
      await bench.book.open();
      await bench.clock.advance(POLL_MS);
      expect(await bench.book.status()).toBe('taken');
    });

    it('drops a step that is opened anew, and does the new one', async () => {
      bench.worker.start();
      bench.resource.isAway = true;
      await bench.book.open({ deadlineMs: 60_000 });
      await bench.clock.advance(500);
      await bench.book.epoch(8);
      await bench.book.open({ epoch: epoch(8), desired: 'none' });
      bench.resource.isAway = false;
      await bench.clock.advance(0);
      expect(await bench.book.read()).toMatchObject({ status: 'done', epoch: 8 });
      expect(bench.resource.held).toMatchObject({ value: 'none', epoch: 8 });
    });

    it('does not let a step of the old epoch hold up another one at the same resource', async () => {
      bench.worker.start();
      bench.resource.isAway = true;
      await bench.book.open({ deadlineMs: 60_000 });
      await bench.clock.advance(500);
      await bench.book.open({ name: 'queued', deadlineMs: 60_000 });
      await bench.clock.advance(0);
      await bench.book.epoch(8);
      await bench.book.open({ name: 'seal', action: 'seal', desired: undefined, epoch: epoch(8) });
      bench.resource.isAway = false;
      await bench.clock.advance(0);
      expect(await bench.book.status('seal')).toBe('done');
      expect(await bench.book.status('queued')).toBe('open');
    });
  });

  describe('of an older version than a step', () => {
    const newer = { ...STEP_HANDLERS, 'write-access': 2 };

    it('leaves the step to a newer process of its kind, and says so until it is done', async () => {
      bench.worker.start();
      await bench.book.open({ handler: 2 });
      await bench.clock.advance(2 * POLL_MS);
      expect(await bench.book.status()).toBe('open');
      expect(bench.readiness.report().components['step handlers']).toMatchObject({
        reason: expect.stringContaining('promote asks for version 2 of write-access, and this process knows 1'),
      });
      const other = bench.makeWorker(undefined, processId('site-guard@b-2'), newer);
      other.start();
      await bench.settledAs('done');
      expect((await bench.book.read()).takenBy).toBe('site-guard@b-2');
      await bench.clock.advance(2 * POLL_MS);
      expect(bench.readiness.report().components['step handlers']).toEqual({ state: 'ready' });
      await other.stop();
    });

    it('is no reason to leave what an older version has opened', async () => {
      const worker = bench.makeWorker(undefined, processId('site-guard@b-2'), newer);
      worker.start();
      await bench.book.open();
      await bench.settledAs('done');
      expect((await bench.book.read()).takenBy).toBe('site-guard@b-2');
      await worker.stop();
    });

    it('does not touch a step while it may not write to the journal', async () => {
      const membership = { mayWrite: false };
      const { journal, clock, readiness } = bench;
      const identity = { site: siteId('b'), worker: 'site-guard', process: GUARD, pollMs: POLL_MS } as const;
      const worker = new StepWorker({ journal, clock, readiness, membership }, identity, () => bench.resource);
      worker.start();
      await bench.book.open();
      await bench.clock.advance(2 * POLL_MS);
      expect(await bench.book.status()).toBe('open');
      membership.mayWrite = true;
      await bench.settledAs('done');
      await worker.stop();
    });
  });

  describe('side by side', () => {
    beforeEach(() => bench.worker.start());

    it('does one step at a time at one resource, in the order in which they came', async () => {
      bench.resource.isAway = true;
      await bench.book.open({ name: 'one', desired: 'none' });
      await bench.clock.advance(0);
      await bench.book.open({ name: 'two', desired: 'clients' });
      await bench.clock.advance(0);
      expect(await bench.book.status('two')).toBe('open');
      bench.resource.isAway = false;
      await bench.settledAs('done', 'two');
      expect(bench.resource.asked.map(({ next }) => next)).toEqual(['none', 'clients']);
    });

    it('looks at a resource while a change of it is under way', async () => {
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      bench.resource.writes.push(() => answered);
      await bench.book.open({ name: 'change', desired: 'none' });
      await bench.clock.advance(0);
      await bench.book.open({ name: 'look', action: 'inspect', desired: undefined });
      await bench.clock.advance(0);
      expect([await bench.book.status('look'), await bench.book.status('change')]).toEqual(['done', 'taken']);
      answer();
      await bench.settledAs('done', 'change');
    });

    it('does not let one resource hold up another', async () => {
      const other = new TroubledResource<WriteAccess>('inbound');
      bench.resources.set('write-access/payments/b', other);
      bench.resource.isHung = true;
      await bench.book.open({ name: 'hangs' });
      await bench.book.open({ name: 'goes', resource: { kind: 'write-access', group: 'payments', site: 'b' } });
      await bench.clock.advance(0);
      expect(await bench.book.status('goes')).toBe('done');
    });
  });

  describe('when it or the journal fails', () => {
    it('does a step again that an earlier incarnation left between write and report', async () => {
      bench.worker.start();
      bench.resource.writes.push(() => bench.journal.goesAway());
      await bench.book.open();
      await bench.clock.advance(0);
      expect(bench.resource.held).toMatchObject({ value: 'clients', epoch: 7 });
      expect(await bench.book.status()).toBe('taken');
      await bench.stopWorker();

      bench.journal.returns();
      bench.worker = bench.makeWorker();
      bench.worker.start();
      await bench.clock.advance(0);
      expect(await bench.book.status()).toBe('done');
      expect(bench.resource.asked).toHaveLength(2);
    });

    it('leaves a step to the process that took it until its deadline, then takes it over', async () => {
      await bench.book.open({ status: 'taken', takenBy: processId('site-guard@b-2'), deadlineMs: 5_000 });
      bench.worker.start();
      await bench.clock.advance(4_900);
      expect(bench.resource.asked).toEqual([]);
      await bench.settledAs('done');
      expect((await bench.book.read()).takenBy).toBe(GUARD);
    });

    it('gives another process its whole deadline anew when that one has taken the step again', async () => {
      const step = await bench.book.open({
        status: 'taken',
        takenBy: processId('site-guard@b-2'),
        deadlineMs: 5_000,
      });
      bench.worker.start();
      await bench.clock.advance(4_000);
      await bench.truth.commit({
        conditions: [],
        changes: [{ kind: 'put', key: bench.book.keyOf(step), value: JSON.stringify({ ...step, startedAt: 4_000 }) }],
      });
      await bench.clock.advance(4_900);
      expect(bench.resource.asked).toEqual([]);
      await bench.settledAs('done');
    });

    it('does not take over a step that was settled while it waited', async () => {
      const step = await bench.book.open({ status: 'taken', takenBy: processId('site-guard@b-2'), deadlineMs: 5_000 });
      bench.worker.start();
      await bench.clock.advance(1_000);
      await bench.book.settle(step);
      await bench.clock.advance(10_000);
      expect(await bench.book.status()).toBe('unreachable');
      expect(bench.resource.asked).toEqual([]);
    });

    it.each(['written', 'unwritten'] as const)(
      'takes a step within the deadline of a seal when the answer to taking it was lost and it was %s',
      async (fate) => {
        bench.worker.start();
        bench.journal.unanswered.push(fate);
        await bench.book.open({ deadlineMs: 1_000 });
        await bench.clock.advance(500);
        expect(await bench.book.status()).toBe('done');
        expect(bench.resource.asked).toHaveLength(1);
      },
    );

    it("looks at a step as soon as the journal is back, and no more once it is somebody else's", async () => {
      bench.worker.start();
      await bench.clock.advance(0);
      bench.journal.unanswered.push('unwritten');
      const step = await bench.book.open();
      await bench.clock.advance(0);
      bench.journal.goesAway();
      await bench.clock.advance(2 * POLL_MS);
      await bench.book.settle(step);
      bench.journal.returns();
      await bench.clock.advance(2 * POLL_MS);
      expect(await bench.book.status()).toBe('unreachable');
      expect(bench.resource.asked).toEqual([]);
    });

    it('reports as soon as the journal is back', async () => {
      bench.worker.start();
      bench.resource.writes.push(() => bench.journal.goesAway());
      await bench.book.open();
      await bench.clock.advance(20_000);
      expect(await bench.book.status()).toBe('taken');
      bench.journal.returns();
      await bench.clock.advance(250);
      expect(await bench.book.status()).toBe('done');
      expect(bench.resource.asked).toHaveLength(1);
    });

    it.each(['written', 'unwritten'] as const)(
      'reports once when a report goes unanswered and was %s',
      async (fate) => {
        bench.worker.start();
        bench.resource.writes.push(() => void bench.journal.unanswered.push(fate));
        await bench.book.open();
        await bench.settledAs('done');
        await bench.clock.advance(3 * POLL_MS);
        expect(bench.resource.asked).toHaveLength(1);
      },
    );

    it('keeps a result to itself that the leader no longer waits for', async () => {
      bench.worker.start();
      bench.resource.isAway = true;
      const step = await bench.book.open();
      await bench.clock.advance(1_000);
      await bench.book.settle(step);
      bench.resource.isAway = false;
      await bench.clock.advance(POLL_MS);
      expect(await bench.book.status()).toBe('unreachable');
    });

    it('takes and reports nothing once it is stopped', async () => {
      bench.worker.start();
      bench.resource.isAway = true;
      await bench.book.open();
      await bench.clock.advance(0);
      await bench.book.open({ name: 'queued' });
      await bench.clock.advance(100);
      await bench.stopWorker();
      bench.resource.isAway = false;
      await bench.clock.advance(10 * POLL_MS);
      expect(await bench.book.status()).toBe('taken');
      expect(await bench.book.status('queued')).toBe('open');
    });
  });
});
