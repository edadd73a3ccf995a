import { removeAddresses } from './loopback.js';
import { Firewall } from './firewall.js';
import type { Layout } from './layout.js';
import { isAlive, signal } from './processes.js';
import type { RunDirectory } from './run-directory.js';

const KILL_ROUNDS = 500;
const ROUND_MS = 10;

/**
 * Ends every recorded process and takes back what was changed on the machine; the record goes last.
 * Synchronous, so that it also works while the process exits, and on what a killed run left. Safe to repeat.
 */
export function tearDown(layout: Layout, run: RunDirectory): void {
  const reaper = run.owner()?.reaper;
  // Not two at a time: the other one would remove what the next lab has put in place.
  if (reaper !== undefined && reaper.pid !== process.pid) signal(reaper, 'SIGKILL');
  killRecorded(run);
  new Firewall(layout).removeAll();
  removeAddresses(run.owner()?.addedAddresses ?? []);
  run.remove();
}

/** Synchronous, as all of a tear-down. */
export function killRecorded(run: RunDirectory): void {
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const alive = run.processes().filter(isAlive);
    if (alive.length === 0) return;
    for (const record of alive) signal(record, 'SIGKILL');
    pause(ROUND_MS);
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
