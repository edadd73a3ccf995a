import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelTrialWire, decodeOrThrow } from '#libs/contracts';
import { keys } from '#libs/journal';
import { NotifierBench, POLL_MS } from '../../../../test/support/notifier-bench.js';
import { InMemoryNotificationChannel } from '../channel/in-memory.notification-channel.js';
import { ChannelUnavailableError } from '../errors.js';

describe('a test of the channels', () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => bench.end());

  async function asked(...channels: readonly string[]): Promise<void> {
    const test = { id: 'test-1', by: 'ada', at: bench.clock.now(), channels };
    const put = { kind: 'put', key: keys.notificationTest('test-1'), value: JSON.stringify(test) } as const;
    await bench.journal.commit({ conditions: [], changes: [put] });
  }
  async function trials() {
    const { entries } = await bench.journal.read(keys.channelTrials('test-1'));
    return entries.map(({ key, value }) => decodeOrThrow(ChannelTrialWire, value, key));
  }

  it('tells each of them once, whatever it wants otherwise, and says what came of it', async () => {
    const calm = new InMemoryNotificationChannel();
    const picky = new InMemoryNotificationChannel();
    const silent = new InMemoryNotificationChannel();
    silent.answers = () => Promise.reject(new ChannelUnavailableError('nobody answers'));
    const channels = [
      { id: 'calm', port: calm },
      { id: 'picky', port: picky, minSeverity: 'critical' as const },
      { id: 'silent', port: silent },
    ];
    await bench.start(bench.notifier('a', channels));
    await bench.start(bench.notifier('b', channels));
    await asked('calm', 'picky', 'silent', 'gone');
    for (let turns = 0; turns < 4; turns++) await bench.clock.advance(POLL_MS);
    expect(await trials()).toEqual([
      { channel: 'calm', outcome: 'told' },
      { channel: 'gone', outcome: 'failed', problem: 'the notifier that delivers runs by another signalbox.yaml' },
      { channel: 'picky', outcome: 'told' },
      { channel: 'silent', outcome: 'failed', problem: 'nobody answers' },
    ]);
    expect([calm.received.length, picky.received.length]).toEqual([1, 1]);
    expect(calm.received[0]).toMatchObject({ id: 'tests/test-1', rule: 'notification-test', severity: 'info' });
  });
});
