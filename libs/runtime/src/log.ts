/** A sentence, with the numbers and names it is about; never a secret. */
export type LogEntry = [message: string] | [fields: Readonly<Record<string, unknown>>, message: string];

/** Port: what a process tells its operators. JSON lines on stdout in production. */
export abstract class Log {
  abstract debug(...entry: LogEntry): void;
  abstract info(...entry: LogEntry): void;
  abstract warn(...entry: LogEntry): void;
  abstract error(...entry: LogEntry): void;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Keeps the lines: for tests and the simulation. */
export class InMemoryLog extends Log {
  readonly lines: { readonly level: Level; readonly message: string; readonly fields: object }[] = [];

  override debug = (...entry: LogEntry) => this.keep('debug', entry);
  override info = (...entry: LogEntry) => this.keep('info', entry);
  override warn = (...entry: LogEntry) => this.keep('warn', entry);
  override error = (...entry: LogEntry) => this.keep('error', entry);

  private keep(level: Level, entry: LogEntry): void {
    const [fields, message] = entry.length === 1 ? [{}, entry[0]] : entry;
    this.lines.push({ level, message, fields });
  }
}
