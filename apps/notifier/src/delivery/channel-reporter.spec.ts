import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ChannelReportWire, channelTroubles } from '#libs/contracts';
import { keys } from '#libs/journal';
import { LEADER_TTL_MS, NotifierBench, POLL_MS } from '../../../../test/support/notifier-bench.js';
import { InMemoryNotificationChannel } from '../channel/in-memory.notification-channel.js';
import { NotificationChannel } from '../channel/notification-channel.js';
import { ChannelUnavailableError } from '../errors.js';
import { ChannelReporter } from './channel-reporter.js';

class Deaf extends NotificationChannel {
  override async deliver(): Promise<void> {
    throw new ChannelUnavailableError('nobody is there');
  }
}

describe(ChannelReporter.name, () => {
  let bench: NotifierBench;
  beforeEach(() => {
    bench = new NotifierBench();
  });
  afterEach(() => bench.end());

  const troubles = async () => {
    const [entry] = (await bench.journal.read(keys.channelReport())).entries;
    return entry && channelTroubles(ChannelReportWire.parse(JSON.parse(entry.value)));
  };
  const start = async (...ports: NotificationChannel[]) =>
    bench.start(
      bench.notifier(
        'b',
        ports.map((port, at) => ({ id: `channel-${at}`, port })),
      ),
    );

  it('says nothing of channels that take what they are told', async () => {
    await start(new InMemoryNotificationChannel());
    await bench.decide();
    await bench.clock.advance(10 * POLL_MS);
    expect(await troubles()).toEqual([]);
  });

  it('says which one fails, and that it is every one, where everybody can read it', async () => {
    await start(new Deaf(), new InMemoryNotificationChannel());
    await bench.decide();
    await bench.clock.advance(60_000);
    expect(await troubles()).toEqual([expect.stringContaining('Channel channel-0: nobody is there')]);
    await bench.end();

    await bench.clock.advance(LEADER_TTL_MS);
    await start(new Deaf());
    await bench.decide();
    await bench.clock.advance(120_000);
    expect(await troubles()).toEqual([
      'No channel takes anything: nobody is told of what happens.',
      expect.stringContaining('Channel channel-0'),
    ]);
    expect(bench.readiness.report().components['every channel']?.state).toBe('missing');
    expect(bench.readiness.report().figures?.['channels']).toEqual({ all: 1, failing: 1 });
  });

  it('says nothing once nobody delivers', async () => {
    const notifier = await start(new InMemoryNotificationChannel());
    await notifier.stop();
    await bench.clock.advance(61_000);
    expect(await troubles()).toBeUndefined();
  });
});
