import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './setup/cache.mjs';
import { SetupProblem } from './setup/problem.mjs';
import { endWithUs } from './setup/watchdog.mjs';

const WANTED_MAJOR = 24;
/** After a signal: for whatever cleans up behind itself. One that is deaf by then will stay so. */
const DIES_WITHIN_MS = 30_000;

/**
 * Runs the pinned Node with the terminal as it is and returns its exit code. The process leads a group of its own: it
 * gets each signal exactly once, from here, however many times terminal and npm deliver it.
 *
 * @param {string} root
 * @param {readonly string[]} args
 * @param {import('./ending.mjs').Run} run
 * @param {{ stdout?: 'inherit' | 'stderr', env?: Record<string, string> }} [options]
 * @returns {Promise<number>}
 */
export async function launch(root, args, run, { stdout = 'inherit', env } = {}) {
  run.signal.throwIfAborted();
  const child = spawn(pinnedNode(root), args, {
    cwd: root,
    env: { ...process.env, PATH: searchPath(root), SIGNALBOX_CACHE: cacheFolder(), ...env },
    stdio: ['inherit', stdout === 'inherit' ? 'inherit' : 2, 2],
    detached: true,
  });
  run.onSignal((name) => {
    child.kill(name);
    setTimeout(() => child.kill('SIGKILL'), DIES_WITHIN_MS).unref();
  });
  const releaseWatchdog = endWithUs(child.pid, 'TERM');
  /** @type {Promise<number>} */
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
  return ended.finally(releaseWatchdog);
}

/** @param {string} root */
export function searchPath(root) {
  return [binariesOf(root), process.env.PATH].join(delimiter);
}

/** Where npm puts the programs of a checkout's packages. @param {string} root */
function binariesOf(root) {
  return join(root, 'node_modules', '.bin');
}

/** The Node that package.json pins where npm has it for this platform, else this one when it is new enough. @param {string} root */
export function pinnedNode(root) {
  const pinned = join(binariesOf(root), 'node');
  if (existsSync(pinned)) return pinned;
  if (Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR) return process.execPath;
  throw new SetupProblem(
    `Node ${WANTED_MAJOR} is needed and npm has none for this platform; this is ${process.version}`,
  );
}
