import { trace } from '@opentelemetry/api';
import { pino, stdTimeFunctions, type Logger } from 'pino';
import type { LogLevel } from './environment.js';
import { Log, type LogEntry } from './log.js';

/** One JSON object per line on stdout, written before the call returns, so that the last words are not lost. */
export class PinoLog extends Log {
  private readonly logger: Logger;

  constructor(level: LogLevel, origin: { readonly process: string; readonly site: string }) {
    super();
    this.logger = pino({
      level,
      base: origin,
      mixin: traceInProgress,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    });
  }

  override debug(...entry: LogEntry): void {
    this.write('debug', entry);
  }
  override info(...entry: LogEntry): void {
    this.write('info', entry);
  }
  override warn(...entry: LogEntry): void {
    this.write('warn', entry);
  }
  override error(...entry: LogEntry): void {
    this.write('error', entry);
  }

  private write(level: LogLevel, entry: LogEntry): void {
    if (entry.length === 1) this.logger[level](entry[0]);
    else this.logger[level](entry[0], entry[1]);
  }
}

/** So that the lines of a trace are found; nothing while no span is in progress. */
function traceInProgress(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
