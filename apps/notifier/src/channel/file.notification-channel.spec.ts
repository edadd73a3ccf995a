import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NotificationEventWire } from '#libs/contracts';
import { FileNotificationChannel } from './file.notification-channel.js';
import { notification, notificationChannelConformance } from './notification-channel.conformance.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'signalbox-notifications-'));
const eventsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => NotificationEventWire.parse(JSON.parse(line)));

notificationChannelConformance(FileNotificationChannel.name, async () => {
  const folder = newFolder();
  const aside = `${folder}-aside`;
  const path = join(folder, 'events.ndjson');
  return {
    channel: new FileNotificationChannel(path),
    received: async () => eventsIn(path).map(({ data: { id, title } }) => ({ id, title })),
    // A folder that is gone, as an unmounted disk; root could write to one without rights.
    break: async () => renameSync(folder, aside),
    mend: async () => renameSync(aside, folder),
    end: async () => {
      for (const each of [folder, aside]) rmSync(each, { recursive: true, force: true });
    },
  };
});

describe(FileNotificationChannel.name, () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('starts a line of its own after one that a crash cut short', async () => {
    const path = join(folder, 'events.ndjson');
    const channel = new FileNotificationChannel(path);
    await channel.deliver(notification(1));
    appendFileSync(path, '{"specversion":"1.0","id":"ord');
    await channel.deliver(notification(2));
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(4);
    expect(NotificationEventWire.parse(JSON.parse(lines[2] ?? '')).id).toBe('orders/2');
  });

  it('follows a rotation', async () => {
    const path = join(folder, 'events.ndjson');
    const channel = new FileNotificationChannel(path);
    await channel.deliver(notification(1));
    renameSync(path, `${path}.1`);
    writeFileSync(path, '');
    await channel.deliver(notification(2));
    expect(eventsIn(path).map(({ id }) => id)).toEqual(['orders/2']);
  });

  it('says which file cannot be written, and why', async () => {
    const failure = new FileNotificationChannel(folder).deliver(notification(1));
    await expect(failure).rejects.toMatchObject({ code: 'SB_CHANNEL_UNAVAILABLE' });
    await expect(failure).rejects.toThrow(`${folder} cannot be appended to: EISDIR`);
  });
});
