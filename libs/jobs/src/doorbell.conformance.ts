import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, type Stop } from '#libs/runtime';
import { epoch, runId, type Ring, type WorkerKind } from '#libs/domain';
import type { Doorbell } from './doorbell.js';

export interface DoorbellUnderTest {
  readonly doorbell: Doorbell;
  end(): Promise<void>;
}

const clock = new SystemClock();

/** A ring of the first opening of a step. */
export const ringOf = (step: string, change: Partial<Ring> = {}): Ring => ({
  run: runId('run-1'),
  step,
  epoch: epoch(7),
  attempt: 1,
  planHash: 'plan',
  ...change,
});

export const eventually = async (holds: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> => {
  const sinceMs = clock.monotonicMs();
  while (!(await holds())) {
    if (clock.monotonicMs() - sinceMs > withinMs) throw new Error(`not so within ${withinMs} ms: ${String(holds)}`);
    await clock.sleep(10);
  }
};

/** What every doorbell does while what it is made of works. Each test uses step keys of its own. */
export function doorbellConformance(name: string, make: () => Promise<DoorbellUnderTest>): void {
  describe(`${name} › conforms`, () => {
    let under: DoorbellUnderTest;
    let doorbell: Doorbell;

    beforeEach(async () => {
      under = await make();
      doorbell = under.doorbell;
    });
    afterEach(() => under?.end());

    const listening = (worker: WorkerKind) => {
      const heard: string[] = [];
      const stop: Stop = doorbell.listen(worker, ({ step }) => heard.push(step));
      return { heard, stop };
    };
    const rung = async (worker: WorkerKind, step: string): Promise<void> =>
      eventually(() => doorbell.ring(worker, ringOf(step)));

    it('is heard by the worker it is rung for, and by no other', async () => {
      const dns = listening('dns-switcher');
      const mirror = listening('mirror-switcher');
      await rung('dns-switcher', 'redirect-kafka.example');
      await rung('mirror-switcher', 'stop:mirror');
      await eventually(() => dns.heard.length > 0 && mirror.heard.length > 0);
      expect(dns.heard).toEqual(['redirect-kafka.example']);
      expect(mirror.heard).toEqual(['stop:mirror']);
    });

    it('rings again for a step that rang before', async () => {
      const { heard } = listening('site-guard');
      await rung('site-guard', 'again');
      await eventually(() => heard.length === 1);
      await eventually(async () => (await doorbell.ring('site-guard', ringOf('again'))) && heard.length > 1);
      expect(new Set(heard)).toEqual(new Set(['again']));
    });

    it('tells which opening of the step waits', async () => {
      const heard: Ring[] = [];
      doorbell.listen('dns-switcher', (ring) => heard.push(ring));
      const ring = ringOf('redirect', { epoch: epoch(8), attempt: 3 });
      await eventually(() => doorbell.ring('dns-switcher', ring));
      await eventually(() => heard.length > 0);
      expect(heard[0]).toEqual(ring);
    });

    it('says how many wait, and that none does once they were heard', async () => {
      for (const step of ['waits-1', 'waits-2', 'waits-2']) await rung('config-switcher', step);
      expect(await doorbell.waiting('config-switcher')).toMatchObject({ depth: 2 });
      const { heard } = listening('config-switcher');
      await eventually(() => heard.length >= 2);
      await eventually(async () => (await doorbell.waiting('config-switcher'))?.depth === 0);
      expect(await doorbell.waiting('config-switcher')).toEqual({ depth: 0, oldestMs: 0 });
    });

    it('is heard by a worker that starts to listen later, once per step', async () => {
      await rung('dns-switcher', 'later-1');
      await rung('dns-switcher', 'later-1');
      await rung('dns-switcher', 'later-2');
      const { heard } = listening('dns-switcher');
      await eventually(() => heard.length >= 2);
      expect(heard.toSorted()).toEqual(['later-1', 'later-2']);
    });

    it('is not heard any more by one that has stopped', async () => {
      const stopped = listening('site-guard');
      await rung('site-guard', 'stop-1');
      await eventually(() => stopped.heard.length === 1);
      stopped.stop();
      const other = listening('site-guard');
      await rung('site-guard', 'stop-2');
      await eventually(() => other.heard.length === 1);
      expect(stopped.heard).toEqual(['stop-1']);
    });
  });
}
