import { describe, expect, it } from '@jest/globals';
import { InMemoryLog } from '#libs/runtime';
import { LogNotificationChannel } from './log.notification-channel.js';
import { notification, notificationChannelConformance } from './notification-channel.conformance.js';

notificationChannelConformance(LogNotificationChannel.name, async () => {
  const log = new InMemoryLog();
  return {
    channel: new LogNotificationChannel(log),
    received: async () =>
      log.lines.map(({ message, fields }) => ({ id: String(Reflect.get(fields, 'notification')), title: message })),
    break: undefined,
    mend: undefined,
    end: async () => undefined,
  };
});

describe(LogNotificationChannel.name, () => {
  it('logs at the level that fits the severity, with what to type', async () => {
    const log = new InMemoryLog();
    const channel = new LogNotificationChannel(log);
    for (const severity of ['info', 'warning', 'critical'] as const)
      await channel.deliver(notification(1, { severity }));
    expect(log.lines.map(({ level }) => level)).toEqual(['info', 'warn', 'error']);
    expect(log.lines[0]?.fields).toMatchObject({ rule: 'stage-done', next: ['signalbox run run-1'] });
  });
});
