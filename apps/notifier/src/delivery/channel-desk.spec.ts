import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bills, idsOf, NotifierBench, orders, WAITS_AT_MOST } from '../../../../test/support/notifier-bench.js';
import { InMemoryNotificationChannel } from '../channel/in-memory.notification-channel.js';
import { ChannelGoneError, ChannelRefusedError, ChannelUnavailableError } from '../errors.js';
import { ChannelDesk } from './channel-desk.js';

const away = (retryAfterMs?: number) =>
  Promise.reject(new ChannelUnavailableError('it answered 503', { retryAfterMs }));
const refusal = () => Promise.reject(new ChannelRefusedError('it answered 400'));

describe(ChannelDesk.name, () => {
  let bench: NotifierBench;
  let chat: InMemoryNotificationChannel;

  beforeEach(() => {
    bench = new NotifierBench([orders, bills]);
    chat = new InMemoryNotificationChannel();
  });
  afterEach(() => bench.end());

  const start = (notifier = bench.notifier('b', [{ id: 'chat', port: chat }])) => bench.start(notifier);

  describe('when a channel fails', () => {
    it('delivers the same again after longer and longer pauses, and nothing before it', async () => {
      const attempts: [string, number][] = [];
      chat.answers = ({ id }) => {
        attempts.push([id, bench.clock.monotonicMs()]);
        return attempts.length <= 4 ? away() : undefined;
      };
      await start();
      await bench.decideAll(2);
      await bench.clock.advance(60_000);
      expect(attempts.map(([id]) => id)).toEqual([...Array(5).fill('orders/1'), 'orders/2']);
      const pauses = attempts.slice(1, 5).map(([, at], index) => at - (attempts[index]?.[1] ?? 0));
      expect(pauses).toEqual([750, 1_500, 3_000, 6_000]);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2']);
    });

    it('rests for as long as the receiver asks', async () => {
      chat.answers = () => (bench.clock.monotonicMs() === 0 ? away(120_000) : undefined);
      await start();
      await bench.decide();
      await bench.clock.advance(119_999);
      expect(idsOf(chat)).toEqual([]);
      await bench.clock.advance(1);
      expect(idsOf(chat)).toEqual(['orders/1']);
    });

    it('says which, why, since when and how many wait, until it is back', async () => {
      chat.answers = () => away();
      await start();
      await bench.decideAll(2);
      await bench.clock.advance(1_000);
      expect(bench.missing('chat')).toBeUndefined();
      await bench.clock.advance(60_000);
      expect(bench.missing('chat')).toBe(
        'Channel chat: it answered 503. Failing since 2026-01-01T00:00:00.000Z. 2 wait, the oldest of 2026-01-01T00:00:00.000Z',
      );
      chat.answers = () => undefined;
      await bench.clock.advance(300_000);
      expect(bench.missing('chat')).toBeUndefined();
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2']);
    });

    it('says nothing of it once another notifier delivers', async () => {
      chat.answers = () => away();
      const notifier = await start();
      await bench.decide();
      await bench.clock.advance(60_000);
      expect(bench.missing('chat')).toBeDefined();
      await notifier.stop();
      await bench.clock.advance(60_000);
      expect(bench.readiness.report().components).toEqual({});
    });

    it('tells the other groups although one is not taken', async () => {
      chat.answers = ({ group }) => (group === orders ? away() : undefined);
      await start();
      await bench.decide();
      for (let times = 0; times < 5; times++) await bench.decide('info', bills);
      await bench.clock.advance(60_000);
      expect(idsOf(chat)).toEqual(['bills/1', 'bills/2', 'bills/3', 'bills/4', 'bills/5']);
    });

    it('gives up what the receiver refuses, says so, and tells afterwards that it did', async () => {
      chat.answers = ({ id }) => (id === 'orders/1' ? refusal() : undefined);
      await start();
      await bench.decide('critical');
      await bench.decide();
      await bench.clock.advance(1);
      expect(bench.missing('chat')).toContain('it answered 400');
      await bench.clock.advance(10_000);
      expect(idsOf(chat)).toEqual(['orders/skipped-1-1', 'orders/2']);
      expect(chat.received[0]).toMatchObject({
        severity: 'critical',
        title: 'orders: 1 notification was not delivered here',
        body: ['1 critical', expect.stringContaining('Audit entries 1 to 1'), 'Reason: it answered 400'],
      });
      expect(bench.missing('chat')).toBeUndefined();
      expect(bench.log.lines.filter(({ message }) => message.includes('was not told of orders, 1'))).toHaveLength(1);
    });

    it('burns one notification, not all, on a receiver that refuses everything', async () => {
      chat.answers = refusal;
      await start();
      await bench.decideAll(4);
      await bench.clock.advance(900_000);
      expect(await bench.cursor('chat')).toMatchObject({ sequence: 1 });
      chat.answers = () => undefined;
      await bench.clock.advance(300_000);
      expect(idsOf(chat)).toEqual(['orders/skipped-1-1', 'orders/2', 'orders/3', 'orders/4']);
    });

    it('leaves a receiver alone that wants nothing more', async () => {
      let calls = 0;
      chat.answers = () => {
        calls += 1;
        return Promise.reject(new ChannelGoneError('it answered 410'));
      };
      await start();
      await bench.decideAll(3);
      await bench.clock.advance(900_000);
      expect(calls).toBe(1);
      expect(bench.missing('chat')).toContain('left alone until a notifier starts anew. 3 wait');
      expect(await bench.cursor('chat')).toEqual({ sequence: 0 });
    });
  });

  describe('after too long', () => {
    it('skips what is too old, and tells how much that was', async () => {
      chat.answers = () => away();
      await start();
      for (const severity of ['info', 'critical', 'info'] as const) await bench.decide(severity);
      await bench.clock.advance(WAITS_AT_MOST.ms / 2);
      await bench.decide('warning');
      await bench.clock.advance(WAITS_AT_MOST.ms / 2 + 600_000);
      chat.answers = () => undefined;
      await bench.clock.advance(300_000);
      expect(idsOf(chat)).toEqual(['orders/skipped-1-3', 'orders/4']);
      expect(chat.received[0]).toMatchObject({
        severity: 'critical',
        title: 'orders: 3 notifications were not delivered here',
        body: [
          '1 critical, 2 info',
          'Audit entries 1 to 3, from 2026-01-01T00:00:00.000Z to 2026-01-01T00:00:00.000Z',
          'Reason: they had waited for 1 h',
        ],
      });
      expect(await bench.cursor('chat')).toEqual({ sequence: 4 });
    });

    it('skips the oldest of too many, counts only what it would have told, and survives a restart in between', async () => {
      chat.answers = () => away();
      const first = await start(bench.notifier('b', [{ id: 'chat', port: chat, minSeverity: 'warning' }]));
      for (let times = 0; times < WAITS_AT_MOST.count + 5; times++) {
        await bench.decide('warning');
        await bench.decide('info');
      }
      await bench.clock.advance(600_000);
      expect(await bench.cursor('chat')).toMatchObject({
        skipped: { bySeverity: { info: 0, warning: 5, critical: 0 } },
      });
      await first.stop();
      chat.answers = () => undefined;
      await start(bench.notifier('w', [{ id: 'chat', port: chat, minSeverity: 'warning' }]));
      await bench.clock.advance(60_000);
      expect(idsOf(chat)[0]).toBe('orders/skipped-1-9');
      expect(idsOf(chat)).toHaveLength(1 + WAITS_AT_MOST.count);
      expect(idsOf(chat)[1]).toBe('orders/11');
    });
  });
});
