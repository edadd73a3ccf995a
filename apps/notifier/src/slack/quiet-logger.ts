import { LogLevel, type Logger } from '@slack/web-api';
import type { Log } from '#libs/runtime';

/** What Slack's own clients have to say, for whoever looks closely. Their debug level would print payloads: it is dropped. */
export const quietLogger = (log: Log): Logger => ({
  debug: () => undefined,
  info: () => undefined,
  warn: (...text: unknown[]) => log.debug(`Slack client: ${text.map(String).join(' ')}`),
  error: (...text: unknown[]) => log.debug(`Slack client: ${text.map(String).join(' ')}`),
  setLevel: () => undefined,
  getLevel: () => LogLevel.WARN,
  setName: () => undefined,
});
