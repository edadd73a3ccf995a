import { spawn } from 'node:child_process';
import { SetupProblem } from './problem.mjs';
import { endWithUs } from './watchdog.mjs';

const KILL_AFTER_MS = 2_000;

/**
 * Runs a program with its output kept aside and shown only when it fails. It gets a process group of its own, so that
 * Ctrl-C reaches it through `signal` alone: an abort ends the whole group, or waits for it when stopping half-way would do harm.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, signal: AbortSignal, whenAborted?: 'kill' | 'finish', shownLines?: number }} options
 * @returns {Promise<string>} what it printed
 * @throws {SetupProblem} with the last lines it printed, or an error with code ENOSPC when these speak of a full disk
 */
export async function execute(command, args, { cwd, env, signal, whenAborted = 'kill', shownLines = 25 }) {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const releaseWatchdog = whenAborted === 'kill' ? endWithUs(child.pid && -child.pid, 'KILL') : () => {};
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));

  /** @param {NodeJS.Signals} name */
  const endGroup = (name) => {
    try {
      if (child.pid) process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  /** @type {NodeJS.Timeout | undefined} */
  let kill;
  const stop = () => {
    if (whenAborted === 'finish') return;
    endGroup('SIGTERM');
    kill = setTimeout(() => endGroup('SIGKILL'), KILL_AFTER_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signalName) => resolve(code ?? signalName));
    });
    if (whenAborted === 'kill') signal.throwIfAborted();
    if (code !== 0) throw failure(`${command} ${args.join(' ')}`, code, output, shownLines);
    return output;
  } finally {
    releaseWatchdog();
    clearTimeout(kill);
    signal.removeEventListener('abort', stop);
  }
}

/** @param {string} command @param {number | string} code @param {string} output @param {number} shownLines */
function failure(command, code, output, shownLines) {
  if (/ENOSPC|no space left on device/i.test(output)) return Object.assign(new Error(command), { code: 'ENOSPC' });
  const tail = output.trimEnd().split('\n').slice(-shownLines).join('\n    ');
  return new SetupProblem(`\`${command}\` failed (${code}):\n    ${tail}`);
}
