import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MalformedError } from '#libs/contracts';
import type { Stop } from '#libs/runtime';
import type { Channel, EventBus } from './event-bus.js';

export type Which = 'first' | 'second';

/** A bus on two clusters that both have the topic `conformance`, and a way to lose and regain either. */
export interface BusUnderTest {
  readonly bus: EventBus;
  readonly lose: (which: Which) => Promise<void>;
  readonly regain: (which: Which) => Promise<void>;
  /** Resolves when `condition` holds. @throws when it does not in time. */
  readonly until: (condition: () => boolean) => Promise<void>;
}

interface TestEvent {
  readonly text: string;
  readonly sequence: number;
}

const FORGED = 1_000_000;

const channel: Channel<TestEvent> = {
  topic: 'conformance',
  open: (text, what) => {
    const sequence = Number(text.split(':')[1]);
    return text.startsWith('genuine:')
      ? { ok: true, value: { event: { text, sequence }, identity: { source: 'test', incarnation: 'one', sequence } } }
      : { ok: false, problem: new MalformedError(what, 'not genuine') };
  },
};

/** What every EventBus does. */
export function eventBusConformance(make: () => Promise<BusUnderTest>): void {
  describe('event bus', () => {
    let under: BusUnderTest;
    const received: number[] = [];
    let stop: Stop;
    let sequence = 0;
    const publish = () => {
      sequence++;
      under.bus.publish('conformance', 'key', `genuine:${sequence}`);
      return sequence;
    };
    /** Published again and again, as observations are, until one comes through. */
    const comesThrough = async () => {
      const since = sequence;
      await under.until(() => {
        publish();
        return received.some((one) => one > since);
      });
    };

    beforeAll(async () => {
      under = await make();
      stop = under.bus.subscribe(channel, (event) => void received.push(event.sequence));
      await comesThrough();
    });
    afterAll(async () => {
      stop?.();
      await under?.bus.close();
    });

    it('delivers each event once, though every cluster carries it', async () => {
      const [first, second] = [publish(), publish()];
      await under.until(() => received.includes(first) && received.includes(second));
      await comesThrough();
      expect(new Set(received).size).toBe(received.length);
    });

    it('drops what is not genuine, and goes on', async () => {
      under.bus.publish('conformance', 'key', `forged:${FORGED}`);
      const next = publish();
      await under.until(() => received.includes(next));
      expect(received).not.toContain(FORGED);
    });

    it('goes on while one cluster is lost, and takes it back by itself', async () => {
      await under.lose('second');
      const [first, second] = [publish(), publish()];
      await under.until(() => received.includes(first) && received.includes(second));
      await under.regain('second');
      // Whatever comes through now has come through the one that was lost.
      await under.lose('first');
      await comesThrough();
      await under.regain('first');
      expect(new Set(received).size).toBe(received.length);
    });

    it('delivers nothing after it was stopped', async () => {
      stop();
      const before = received.length;
      publish();
      await under.until(() => true);
      expect(received).toHaveLength(before);
    });
  });
}
