import { open, type FileHandle } from 'node:fs/promises';
import { notificationEvent, type Notification } from '#libs/contracts';
import { ChannelUnavailableError } from '../errors.js';
import { NotificationChannel } from './notification-channel.js';

const NEWLINE = '\n'.charCodeAt(0);

/** Appended to a file, one CloudEvent a line, on disk when `deliver` returns. Opened anew each time: it may be rotated. */
export class FileNotificationChannel extends NotificationChannel {
  constructor(private readonly path: string) {
    super();
  }

  override async deliver(notification: Notification): Promise<void> {
    const line = `${JSON.stringify(notificationEvent(notification))}\n`;
    try {
      await using file = await open(this.path, 'a+');
      await file.appendFile((await endsTorn(file)) ? `\n${line}` : line);
      await file.datasync();
    } catch (error) {
      throw new ChannelUnavailableError(`${this.path} cannot be appended to: ${codeOf(error)}`, { cause: error });
    }
  }
}

/** A write that a crash or a full disk cut short must not swallow the line after it. */
async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer[0] !== NEWLINE;
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown reason';
