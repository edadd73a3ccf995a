import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** What Nest says of itself goes to our log; its start-up chatter only at debug. */
export const nestLogger = (log: Log): LoggerService => {
  const say =
    (level: 'debug' | 'warn' | 'error') =>
    (message: unknown, ...details: unknown[]) =>
      log[level](details.length === 0 ? {} : { details }, message instanceof Error ? message.message : String(message));
  return {
    log: say('debug'),
    debug: say('debug'),
    verbose: say('debug'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('error'),
  };
};
