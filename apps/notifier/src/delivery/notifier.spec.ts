import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keys } from '#libs/journal';
import {
  bills,
  idsOf,
  LEADER_TTL_MS,
  NotifierBench,
  orders,
  POLL_MS,
} from '../../../../test/support/notifier-bench.js';
import { UnreliableJournal } from '../../../../test/support/unreliable-journal.js';
import { InMemoryNotificationChannel } from '../channel/in-memory.notification-channel.js';
import { ChannelUnavailableError } from '../errors.js';
import { Notifier } from './notifier.js';

const away = (retryAfterMs?: number) =>
  Promise.reject(new ChannelUnavailableError('it answered 503', { retryAfterMs }));

describe(Notifier.name, () => {
  let bench: NotifierBench;
  let chat: InMemoryNotificationChannel;

  beforeEach(() => {
    bench = new NotifierBench([orders, bills]);
    chat = new InMemoryNotificationChannel();
  });
  afterEach(() => bench.end());

  const start = (notifier = bench.notifier('b', [{ id: 'chat', port: chat }])) => bench.start(notifier);

  describe('delivers', () => {
    it('everything in order, as soon as it is decided, each group by itself', async () => {
      await start();
      await bench.decideAll(3);
      await bench.decide('critical', bills);
      await bench.clock.advance(1);
      expect(idsOf(chat).filter((id) => id.startsWith('orders'))).toEqual(['orders/1', 'orders/2', 'orders/3']);
      expect(idsOf(chat).filter((id) => id.startsWith('bills'))).toEqual(['bills/1']);
      expect(await bench.cursor('chat')).toEqual({ sequence: 3 });
    });

    it('also what no watch announced', async () => {
      const journal = new UnreliableJournal(bench.journal);
      await start(bench.notifier('b', [{ id: 'chat', port: chat }], journal));
      journal.losesHistory();
      await bench.decide();
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1']);
    });

    it('to a channel it has never seen from the end of the chain on', async () => {
      await bench.decideAll(5);
      await start();
      expect(await bench.cursor('chat')).toEqual({ sequence: 5 });
      await bench.decide();
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/6']);
    });

    it('only what is severe enough, and passes over the rest for good', async () => {
      await start(bench.notifier('b', [{ id: 'chat', port: chat, minSeverity: 'warning' }]));
      for (const severity of ['info', 'warning', 'info', 'critical', 'info'] as const) await bench.decide(severity);
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/2', 'orders/4']);
      expect(await bench.cursor('chat')).toEqual({ sequence: 5 });
    });

    it('word of an entry that it cannot read, and goes on', async () => {
      await start();
      await bench.decideAll(2);
      const key = keys.auditEntry(orders, 1);
      await bench.journal.commit({
        conditions: [],
        changes: [{ kind: 'put', key, value: '{"of":"a newer version"}' }],
      });
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2']);
      expect(chat.received[0]).toMatchObject({ rule: 'unreadable', severity: 'warning' });
    });

    it('what an entry is about when its evidence lies beside the chain', async () => {
      await start();
      await bench.decide('critical', orders, { run: 'run-7', problem: 'no way on', ranges: 'x'.repeat(100_000) });
      await bench.clock.advance(POLL_MS);
      expect(chat.received).toMatchObject([{ about: { run: 'run-7' } }]);
    });
  });

  describe('among notifiers', () => {
    it('is one that delivers, and another one goes on where it was when it is gone', async () => {
      const journal = new UnreliableJournal(bench.journal);
      await start(bench.notifier('b', [{ id: 'chat', port: chat }], journal));
      await start(bench.notifier('w', [{ id: 'chat', port: chat }]));
      await bench.decideAll(2);
      await bench.clock.advance(POLL_MS);
      expect(await bench.leader()).toMatch(/^notifier@b#/);
      journal.goesAway();
      await bench.decideAll(2);
      await bench.clock.advance(LEADER_TTL_MS + POLL_MS);
      expect(await bench.leader()).toMatch(/^notifier@w#/);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2', 'orders/3', 'orders/4']);
      journal.returns();
      await bench.decideAll(1);
      await bench.clock.advance(10 * POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2', 'orders/3', 'orders/4', 'orders/5']);
    });

    it('delivers again, under the same id, what was delivered and not recorded', async () => {
      const journal = new UnreliableJournal(bench.journal);
      await start(bench.notifier('b', [{ id: 'chat', port: chat }], journal));
      await start(bench.notifier('w', [{ id: 'chat', port: chat }]));
      await bench.clock.advance(POLL_MS);
      // The notifier dies between the receiver's answer and its own note of it.
      chat.answers = () => journal.goesAway();
      await bench.decide();
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1']);
      expect(await bench.cursor('chat')).toEqual({ sequence: 0 });
      chat.answers = () => undefined;
      await bench.clock.advance(LEADER_TTL_MS + POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/1']);
      expect(chat.received[1]).toEqual(chat.received[0]);
      expect(await bench.cursor('chat')).toEqual({ sequence: 1 });
    });

    it.each(['written', 'unwritten'] as const)(
      'reads back a cursor whose move was %s without an answer',
      async (fate) => {
        const journal = new UnreliableJournal(bench.journal);
        await start(bench.notifier('b', [{ id: 'chat', port: chat }], journal));
        await bench.clock.advance(POLL_MS);
        journal.unanswered.push(fate);
        await bench.decideAll(2);
        await bench.clock.advance(3 * POLL_MS);
        expect(idsOf(chat)).toEqual(
          fate === 'written' ? ['orders/1', 'orders/2'] : ['orders/1', 'orders/1', 'orders/2'],
        );
        expect(await bench.cursor('chat')).toEqual({ sequence: 2 });
      },
    );

    it('keeps one that was replaced in the middle of a delivery from moving a cursor', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const slow = new InMemoryNotificationChannel();
      slow.answers = () => promise;
      const journal = new UnreliableJournal(bench.journal);
      await start(bench.notifier('b', [{ id: 'chat', port: slow }], journal));
      await bench.clock.advance(POLL_MS);
      await bench.decideAll(1);
      await bench.clock.advance(1);
      await start(bench.notifier('w', [{ id: 'chat', port: chat }]));
      // So cut off that it does not even learn that it was replaced.
      journal.goesAway();
      await bench.decideAll(2);
      await bench.clock.advance(LEADER_TTL_MS + POLL_MS);
      expect(await bench.cursor('chat')).toEqual({ sequence: 3 });
      journal.returns();
      resolve();
      await bench.clock.advance(0);
      expect(idsOf(slow)).toEqual(['orders/1']);
      expect(await bench.cursor('chat')).toEqual({ sequence: 3 });
      await bench.decideAll(1);
      await bench.clock.advance(10 * POLL_MS);
      expect(idsOf(slow)).toEqual(['orders/1']);
      expect(idsOf(chat)).toEqual(['orders/1', 'orders/2', 'orders/3', 'orders/4']);
    });

    it('lets the next one deliver at once when it is stopped, and drops what is on its way', async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      chat.answers = (_, signal) => {
        signal.addEventListener('abort', () => resolve());
        return promise.then(() => away());
      };
      const first = await start();
      await start(bench.notifier('w', [{ id: 'chat', port: chat }]));
      await bench.decide();
      await bench.clock.advance(1);
      await first.stop();
      await promise;
      chat.answers = () => undefined;
      await bench.clock.advance(POLL_MS);
      expect(idsOf(chat)).toEqual(['orders/1']);
    });
  });

  it('holds up nobody: neither other channels nor the chain waits for one that never answers', async () => {
    const silent = new InMemoryNotificationChannel();
    let calls = 0;
    silent.answers = () => {
      calls += 1;
      return new Promise<void>(() => undefined);
    };
    const channels = [
      { id: 'silent', port: silent },
      { id: 'chat', port: chat },
    ];
    await start(bench.notifier('b', channels));
    for (let sequence = 1; sequence <= 50; sequence++) {
      await bench.decide();
      await bench.clock.advance(10);
      expect(idsOf(chat)).toHaveLength(sequence);
    }
    expect(calls).toBe(1);
    expect(await bench.cursor('silent')).toEqual({ sequence: 0 });
    const { entries } = await bench.journal.read(keys.audit(orders));
    expect(entries).toHaveLength(50);
  });
});
