import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Notification } from '#libs/contracts';
import { groupId, instant, SignalboxError } from '#libs/domain';
import type { NotificationChannel } from './notification-channel.js';

export interface ChannelUnderTest {
  readonly channel: NotificationChannel;
  /** What arrived so far, as a receiver can tell it: ids and titles in order. */
  received(): Promise<readonly { readonly id: string; readonly title: string }[]>;
  /** From now on the receiver can take nothing; undefined when there is nothing to break. */
  readonly break: (() => Promise<void>) | undefined;
  readonly mend: (() => Promise<void>) | undefined;
  end(): Promise<void>;
}

export const notification = (sequence: number, change: Partial<Notification> = {}): Notification => ({
  id: `orders/${sequence}`,
  group: groupId('orders'),
  at: instant(Date.UTC(2026, 10, 21, 3)),
  rule: 'stage-done',
  severity: 'info',
  title: `orders: stage ${sequence} is done – “quoted”`,
  body: ['first line', 'second line'],
  next: ['signalbox run run-1'],
  about: {},
  ...change,
});

/** What whoever delivers relies on, whatever the channel is made of. */
export function notificationChannelConformance(name: string, make: () => Promise<ChannelUnderTest>): void {
  describe(`${name} › conforms`, () => {
    const signal = new AbortController().signal;
    let under: ChannelUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(() => under?.end());

    const told = (...sequences: number[]) =>
      sequences.map((sequence) => {
        const { id, title } = notification(sequence);
        return { id, title };
      });

    it('has delivered what it returned for, in the order of the calls', async () => {
      for (const sequence of [1, 2, 3]) {
        await under.channel.deliver(notification(sequence), signal);
        expect((await under.received()).at(-1)).toEqual(told(sequence)[0]);
      }
      expect(await under.received()).toEqual(told(1, 2, 3));
    });

    it('delivers a repeated one again, under the same id', async () => {
      await under.channel.deliver(notification(1), signal);
      await under.channel.deliver(notification(1), signal);
      expect(await under.received()).toEqual(told(1, 1));
    });

    it('says with a typed error that it could not, and delivers once it can', async () => {
      await under.channel.deliver(notification(1), signal);
      if (!under.break || !under.mend) return;
      await under.break();
      const failure = await under.channel.deliver(notification(2), signal).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SignalboxError);
      expect(failure).toMatchObject({ retryable: true });
      await under.mend();
      await under.channel.deliver(notification(2), signal);
      expect(await under.received()).toEqual(told(1, 2));
    });
  });
}
