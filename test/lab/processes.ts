import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { clock, until } from './condition.js';
import { LabError } from './lab-error.js';
import type { LabSite, Layout } from './layout.js';
import type { Command, Part } from './part.js';
import type { ProcessId, ProcessRecord, RunDirectory } from './run-directory.js';

const DIES_WITHIN_MS = 30_000;

export const isRoot = process.getuid?.() === 0;

/** `startTime` is in clock ticks since boot. */
function stat(pid: number): { readonly state: string; readonly startTime: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may itself hold blanks and parentheses.
    const [state = '', ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, startTime: fields[18] ?? '' };
  } catch {
    return undefined;
  }
}

export function startTimeOf(pid: number): string {
  return stat(pid)?.startTime ?? '';
}

export type ProcessState = 'running' | 'frozen' | 'dead';

/** A dead process that is only not yet reaped is dead. */
export function stateOf(record: ProcessId): ProcessState {
  const found = stat(record.pid);
  if (found?.startTime !== record.startTime || found.state === 'Z' || found.state === 'X') return 'dead';
  return found.state === 'T' ? 'frozen' : 'running';
}

export const isAlive = (record: ProcessId): boolean => stateOf(record) !== 'dead';

export const self = (): ProcessId => ({ pid: process.pid, startTime: startTimeOf(process.pid) });

/** Signals the recorded process, and never another one that was given its pid later. */
export function signal(record: ProcessId, name: NodeJS.Signals): void {
  if (!isAlive(record)) return;
  try {
    process.kill(record.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function logTail(path: string, lines = 15): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

/** Starts processes of a site and records them. All die with the process that started them, even by SIGKILL. */
export class Processes {
  constructor(
    private readonly layout: Layout,
    private readonly run: RunDirectory,
  ) {}

  /** Writes to its log file; one that runs under this name is not started twice. */
  start(site: LabSite, name: string, command: Command): ProcessRecord {
    const running = this.run.process(site, name);
    if (running !== undefined && isAlive(running)) return running;
    const log = this.run.file('logs', `${site}.${name}.log`);
    const output = openSync(log, 'a', 0o600);
    try {
      return this.spawn(site, name, command, log, ['ignore', output, output]).record;
    } finally {
      closeSync(output);
    }
  }

  async startPart(part: Part): Promise<ProcessRecord> {
    const record = this.start(part.site, part.name, await part.prepare());
    await this.ready(record, part.readyWithinMs, () => part.probe());
    return record;
  }

  /** With the caller's choice of pipes, for clients that are part of a site. */
  spawn(
    site: LabSite,
    name: string,
    command: Command,
    log: string,
    stdio: StdioOptions,
  ): { record: ProcessRecord; child: ChildProcess } {
    const owner = isRoot ? ['--regid', String(this.layout.gid(site)), '--clear-groups'] : [];
    const args = [...owner, '--pdeathsig', 'KILL', '--', command.file, ...command.args];
    // A session of its own: Ctrl-C in the terminal reaches the owner only, which then stops everything in order.
    const child = spawn('setpriv', args, { stdio, detached: true, env: { ...process.env, ...command.env } });
    child.on('error', () => undefined);
    if (child.pid === undefined)
      throw new LabError(`${name} of site ${site} did not start: is setpriv (util-linux) installed?`);
    const record: ProcessRecord = { site, name, pid: child.pid, startTime: startTimeOf(child.pid), log };
    this.run.record(record);
    return { record, child };
  }

  /** Waits until `attempt` passes; ends early when the process died. Either failure shows the end of its log. */
  async ready(record: ProcessRecord, deadlineMs: number, attempt: () => Promise<unknown>): Promise<void> {
    const who = `${record.name} of site ${record.site}`;
    const showLog = (problem: string) =>
      new LabError(`${problem}\n--- end of ${record.log}\n${logTail(record.log)}\n---`);
    await until(`${who} is ready`, deadlineMs, async () => {
      if (!isAlive(record)) throw new LabError(`${who} ended before it was ready`);
      await attempt();
    }).catch((error: unknown) => {
      throw error instanceof LabError ? showLog(error.message) : error;
    });
  }

  /** SIGKILL, repeated until none is left: one may have been started while the others were dying. */
  async kill(which: (record: ProcessRecord) => boolean): Promise<void> {
    const deadline = clock.monotonicMs() + DIES_WITHIN_MS;
    for (;;) {
      const alive = this.run.processes().filter((record) => which(record) && isAlive(record));
      if (alive.length === 0) return;
      if (clock.monotonicMs() > deadline)
        throw new LabError(
          `still alive after SIGKILL: ${alive.map((record) => `${record.site}.${record.name}`).join(', ')}`,
        );
      for (const record of alive) signal(record, 'SIGKILL');
      await clock.sleep(10);
    }
  }
}
