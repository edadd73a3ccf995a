import {
  decode,
  NotificationTestWire,
  type ChannelTrial,
  type Notification,
  type NotificationTest,
} from '#libs/contracts';
import { SignalboxError } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import type { Log } from '#libs/runtime';
import type { NotificationChannel } from '../channel/notification-channel.js';
import { NO_GROUP } from '../notification/site-news.js';

/** As long as the test itself is kept. */
const KEPT_MS = 24 * 3_600_000;

export interface TrialPorts {
  readonly journal: Journal;
  readonly log: Log;
}

/** Tries channels when somebody asks for it, each once and all beside each other, whatever they want to be told otherwise. */
export class ChannelTrials {
  private readonly underWay = new Set<string>();

  constructor(
    private readonly notifier: string,
    private readonly channels: readonly { readonly id: string; readonly port: NotificationChannel }[],
    private readonly ports: TrialPorts,
  ) {}

  /** While this process delivers. Waits for no channel. @throws SignalboxError when the journal does not answer */
  async look(signal: AbortSignal): Promise<void> {
    const prefix = keys.notificationTests();
    const { entries } = await this.ports.journal.read(prefix);
    const known = new Set(entries.map(({ key }) => key));
    for (const { key, value } of entries) {
      const test = key.endsWith('/asked') ? decode(NotificationTestWire, value, key) : undefined;
      if (!test?.ok) continue;
      for (const channel of test.value.channels) {
        const trial = keys.channelTrial(test.value.id, channel);
        if (!known.has(trial)) this.begin(trial, test.value, channel, signal);
      }
    }
  }

  private begin(trial: string, test: NotificationTest, channel: string, signal: AbortSignal): void {
    if (this.underWay.has(trial)) return;
    this.underWay.add(trial);
    void this.perform(trial, test, channel, signal).finally(() => this.underWay.delete(trial));
  }

  private async perform(key: string, test: NotificationTest, channel: string, signal: AbortSignal): Promise<void> {
    try {
      const value = JSON.stringify(await this.outcomeOf(test, channel, signal));
      const lease = await this.ports.journal.grantLease(KEPT_MS);
      const leads = { kind: 'equals', key: keys.notifierLeader(), value: this.notifier } as const;
      await this.ports.journal.commit({ conditions: [leads], changes: [{ kind: 'put', key, value, lease }] });
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.log.debug(`What came of a test of channel ${channel} was not written down: ${error.message}`);
    }
  }

  private async outcomeOf(test: NotificationTest, channel: string, signal: AbortSignal): Promise<ChannelTrial> {
    const port = this.channels.find(({ id }) => id === channel)?.port;
    if (!port)
      return { channel, outcome: 'failed', problem: 'the notifier that delivers runs by another signalbox.yaml' };
    try {
      await port.deliver(testOf(test), signal);
      return { channel, outcome: 'told' };
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return { channel, outcome: 'failed', problem: error.message };
    }
  }
}

/** Says of itself that nothing happened. */
const testOf = ({ id, by, at }: NotificationTest): Notification => ({
  id: `tests/${id}`,
  group: NO_GROUP,
  at,
  rule: 'notification-test',
  severity: 'info',
  title: 'signalbox: this is a test, and nothing happened',
  body: [`${by} asked whether this channel takes what it is told.`],
  next: ['signalbox status'],
  about: {},
});
