import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  epoch,
  InvariantViolation,
  SignalboxError,
  type Epoch,
  type Positions,
  type Stamped,
  type WriteAccess,
} from '#libs/domain';
import { TroubledResource } from '../../../test/support/troubled-resource.js';
import { GUARD, POLL_MS, WorkerBench } from '../../../test/support/worker-bench.js';
import { performStep } from './perform-step.js';

class WrongCredentials extends SignalboxError {
  readonly code = 'SB_TEST_CREDENTIALS';
  readonly retryable = false;
}

/** Its numbers are never lowered, and one that is missing is as good as 0. */
class GrowingResource extends TroubledResource<Positions> {
  override write(seen: Stamped<Positions>, next: Positions, epoch: Epoch, signal: AbortSignal) {
    const kept = this.shows(seen.value, next) ? seen.value : next;
    return super.write(seen, kept, epoch, signal);
  }

  override async verify(expected: Positions | undefined, signal: AbortSignal) {
    const { observed, check } = await super.verify(undefined, signal);
    return { check, observed, holds: expected === undefined || this.shows(this.held.value, expected) };
  }

  override shows(held: Positions, next: Positions): boolean {
    return Object.entries(next).every(([partition, offset]) => (held[partition] ?? 0) >= offset);
  }
}

describe(performStep.name, () => {
  let bench: WorkerBench;
  beforeEach(async () => {
    bench = await WorkerBench.make();
    bench.worker.start();
  });
  afterEach(() => bench.end());

  it('applies the desired value under the epoch, reads it back and reports what was observed', async () => {
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.held).toMatchObject({ value: 'clients', epoch: 7 });
    expect(await bench.book.read()).toMatchObject({
      takenBy: GUARD,
      startedAt: bench.clock.now(),
      finishedAt: bench.clock.now(),
      verifiedBy: { check: 'in-memory', observed: { value: 'clients', epoch: 7 } },
    });
    expect(await bench.book.waiting()).toEqual([]);
  });

  it('seals by writing the value that is there under the new epoch', async () => {
    await bench.book.open({ action: 'seal', desired: undefined });
    await bench.settledAs('done');
    expect(bench.resource.asked).toEqual([{ next: 'inbound', epoch: 7 }]);
    expect(await bench.book.read()).toMatchObject({
      verifiedBy: { check: 'read-back', observed: { value: 'inbound', epoch: 7 } },
    });
  });

  it('writes also when the value looks right already', async () => {
    bench.resource.set('clients', epoch(7));
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.asked).toHaveLength(1);
  });

  it('inspects without writing', async () => {
    await bench.book.open({ action: 'inspect', desired: undefined });
    await bench.settledAs('done');
    expect(bench.resource.asked).toEqual([]);
    expect(await bench.book.read()).toMatchObject({ verifiedBy: { observed: { value: 'inbound' } } });
  });

  it('reports an inspection that finds something else as failed, with what it found', async () => {
    await bench.book.open({ action: 'inspect', desired: 'clients' });
    await bench.settledAs('failed');
    expect(await bench.book.read()).toMatchObject({ verifiedBy: { observed: { value: 'inbound' } } });
  });

  it('reports a change that clients do not feel as failed', async () => {
    bench.resource.hasEffect = false;
    await bench.book.open();
    await bench.settledAs('failed');
    expect((await bench.book.read()).problem).toContain('in-memory does not show what was wanted');
  });

  it('is refused by a resource that carries a higher epoch, and never tries again', async () => {
    bench.resource.set('none', epoch(9));
    await bench.book.open();
    await bench.settledAs('refused');
    expect((await bench.book.read()).problem).toContain('epoch 9, above 7');
    await bench.clock.advance(10 * POLL_MS);
    expect(bench.resource.asked).toEqual([]);
    expect(bench.resource.held).toMatchObject({ value: 'none', epoch: 9 });
  });

  it('is refused when the higher epoch comes between its read and its write', async () => {
    bench.resource.writes.push((held) => held.set('none', epoch(8)));
    await bench.book.open();
    await bench.settledAs('refused');
    expect(bench.resource.asked).toHaveLength(1);
    expect(bench.resource.held).toMatchObject({ value: 'none', epoch: 8 });
  });

  it('tries again with fresh eyes when the value changed under an epoch that is not above its own', async () => {
    bench.resource.writes.push((held) => held.set('none', epoch(6)));
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.asked).toHaveLength(2);
    expect(bench.resource.held).toMatchObject({ value: 'clients', epoch: 7 });
  });

  it('writes again after a refusal, also when the value and the epoch look right by then', async () => {
    bench.resource.writes.push((held) => held.set('clients', epoch(7)));
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.asked).toHaveLength(2);
  });

  it('gives up at the deadline on a resource that somebody keeps changing', async () => {
    for (let i = 0; i < 1_000; i++) bench.resource.writes.push((held) => held.set('none', epoch(6)));
    await bench.book.open({ deadlineMs: 1_000 });
    await bench.settledAs('failed');
    expect((await bench.book.read()).problem).toContain('changed by somebody else each time');
  });

  it('believes an unanswered write that it reads back', async () => {
    bench.resource.writes.push('written-unanswered');
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.asked).toHaveLength(1);
  });

  it('applies again, under the same epoch, after an unanswered write that left no trace', async () => {
    bench.resource.writes.push('lost', 'lost');
    await bench.book.open();
    await bench.settledAs('done');
    expect(bench.resource.asked.map(({ epoch: under }) => under)).toEqual([7, 7, 7]);
  });

  it('does not take a seal for written because another seal left the same value', async () => {
    bench.resource.writes.push('lost');
    await bench.book.open({ action: 'seal', desired: undefined });
    await bench.settledAs('done');
    expect(bench.resource.asked).toHaveLength(2);
    expect(bench.resource.held.epoch).toBe(7);
  });

  it('takes a value beyond the wanted one for written where the resource says so, but only with an answer', async () => {
    const positions = new GrowingResource({ 'orders-0': 9 });
    bench.resources.set('positions/b-to-a', positions);
    positions.writes.push('written-unanswered');
    const resource = { kind: 'positions', flow: 'b-to-a' } as const;
    await bench.book.open({ resource, desired: { 'orders-0': 5, 'orders-1': 0 } });
    await bench.settledAs('done');
    expect(positions.asked).toHaveLength(2);
    expect(positions.held).toMatchObject({ value: { 'orders-0': 9 }, epoch: 7 });
  });

  it('reports unknown when nothing is answered until the deadline', async () => {
    bench.resource.isAway = true;
    await bench.book.open({ deadlineMs: 2_000 });
    await bench.clock.advance(1_900);
    expect(await bench.book.status()).toBe('taken');
    await bench.settledAs('unknown');
    expect((await bench.book.read()).problem).toContain('the broker does not answer');
  });

  it('reports unknown soon after the deadline for a resource that ignores it', async () => {
    bench.resource.isHung = true;
    await bench.book.open({ deadlineMs: 2_000 });
    await bench.clock.advance(3_100);
    expect(await bench.book.status()).toBe('unknown');
  });

  it('goes on when a resource answers again in time', async () => {
    bench.resource.isAway = true;
    await bench.book.open();
    await bench.clock.advance(1_000);
    bench.resource.isAway = false;
    await bench.settledAs('done');
    expect(bench.resource.held.value).toBe('clients');
  });

  it('reports at once what no repetition can mend', async () => {
    bench.resource.reads.push(new WrongCredentials('the broker refused our password'));
    await bench.book.open();
    await bench.clock.advance(0);
    expect(await bench.book.read()).toMatchObject({
      status: 'failed',
      problem: 'write-access/orders/b: the broker refused our password',
    });
  });

  it('fails a step whose resource it does not know, or whose value makes no sense', async () => {
    await bench.book.open({ name: 'other', resource: { kind: 'write-access', group: 'payments', site: 'b' } });
    await bench.book.open({ name: 'nonsense', desired: 'open' });
    await bench.settledAs('failed', 'other');
    await bench.settledAs('failed', 'nonsense');
    expect((await bench.book.read('other')).problem).toContain('knows no write-access/payments/b');
    expect((await bench.book.read('nonsense')).problem).toContain('desired of nonsense is malformed');
  });

  it('does not swallow a bug', async () => {
    const step = await bench.book.open();
    const broken = new TroubledResource<WriteAccess>('inbound');
    broken.reads.push(new InvariantViolation('two epochs at once'));
    const performance = performStep(
      { step, resource: broken, desired: 'none' },
      bench.clock,
      new AbortController().signal,
    );
    await expect(performance).rejects.toThrow(InvariantViolation);
  });
});
