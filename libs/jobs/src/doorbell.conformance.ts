import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock, type Stop } from '#libs/runtime';
import type { WorkerKind } from '#libs/domain';
import type { Doorbell } from './doorbell.js';

export interface DoorbellUnderTest {
  readonly doorbell: Doorbell;
  end(): Promise<void>;
}

const clock = new SystemClock();

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
      const stop: Stop = doorbell.listen(worker, (stepKey) => heard.push(stepKey));
      return { heard, stop };
    };
    const rung = async (worker: WorkerKind, stepKey: string): Promise<void> =>
      eventually(() => doorbell.ring(worker, stepKey));

    it('is heard by the worker it is rung for, and by no other', async () => {
      const dns = listening('dns-switcher');
      const mirror = listening('mirror-switcher');
      await rung('dns-switcher', '/signalbox/runs/1/steps/redirect-kafka.example');
      await rung('mirror-switcher', '/signalbox/runs/1/steps/stop:mirror');
      await eventually(() => dns.heard.length > 0 && mirror.heard.length > 0);
      expect(dns.heard).toEqual(['/signalbox/runs/1/steps/redirect-kafka.example']);
      expect(mirror.heard).toEqual(['/signalbox/runs/1/steps/stop:mirror']);
    });

    it('rings again for a step that rang before', async () => {
      const { heard } = listening('site-guard');
      await rung('site-guard', '/again');
      await eventually(() => heard.length === 1);
      await eventually(async () => (await doorbell.ring('site-guard', '/again')) && heard.length > 1);
      expect(new Set(heard)).toEqual(new Set(['/again']));
    });

    it('is heard by a worker that starts to listen later, once per step', async () => {
      await rung('dns-switcher', '/later/1');
      await rung('dns-switcher', '/later/1');
      await rung('dns-switcher', '/later/2');
      const { heard } = listening('dns-switcher');
      await eventually(() => heard.length >= 2);
      expect(heard.toSorted()).toEqual(['/later/1', '/later/2']);
    });

    it('is not heard any more by one that has stopped', async () => {
      const stopped = listening('site-guard');
      await rung('site-guard', '/stop/1');
      await eventually(() => stopped.heard.length === 1);
      stopped.stop();
      const other = listening('site-guard');
      await rung('site-guard', '/stop/2');
      await eventually(() => other.heard.length === 1);
      expect(stopped.heard).toEqual(['/stop/1']);
    });
  });
}
