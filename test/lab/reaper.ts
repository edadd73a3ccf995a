import { spawn } from 'node:child_process';
import { Layout } from './layout.js';
import { type ProcessId, RunDirectory } from './run-directory.js';
import { startTimeOf } from './processes.js';
import { tearDown } from './tear-down.js';

/** A process beside the owner that takes the lab down when the owner is gone, however it went. */
export function startReaper(layout: Layout, owner: ProcessId): ProcessId {
  const args = [import.meta.filename, String(layout.net), String(owner.pid), owner.startTime];
  // Its standard input stays open for as long as the owner lives. A session of its own: Ctrl-C must not reach it.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return { pid: child.pid ?? 0, startTime: startTimeOf(child.pid ?? 0) };
}

function waitAndReap(net: string, pid: string, startTime: string): void {
  const layout = new Layout(Number(net));
  const run = new RunDirectory(layout.runDirectory);
  process.stdin.resume().once('close', () => {
    const owner = run.owner();
    if (owner?.pid === Number(pid) && owner.startTime === startTime) tearDown(layout, run);
  });
}

const [, script, net = '', pid = '', startTime = ''] = process.argv;
if (script === import.meta.filename) waitAndReap(net, pid, startTime);
