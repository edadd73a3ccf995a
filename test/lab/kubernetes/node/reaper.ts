import { spawn } from 'node:child_process';
import { type KafkaSite, kafkaSiteNamed, Layout } from '../../layout.js';
import { startTimeOf } from '../../processes.js';
import type { ProcessId } from '../../run-directory.js';
import { endSite, runOf } from './remains.js';

/** A process beside the owner that ends the site when the owner is gone, however it went: its pods are nobody's children. */
export function startReaper(layout: Layout, site: KafkaSite, owner: ProcessId): ProcessId {
  const args = [import.meta.filename, String(layout.net), site, String(owner.pid), owner.startTime];
  // Its standard input stays open for as long as the owner lives. A session of its own: Ctrl-C must not reach it.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return { pid: child.pid ?? 0, startTime: startTimeOf(child.pid ?? 0) };
}

function waitAndReap(net: string, name: string, pid: string, startTime: string): void {
  const layout = new Layout(Number(net));
  const site = kafkaSiteNamed(name);
  process.stdin.resume().once('close', () => {
    const owner = runOf(layout, site).owner();
    if (owner?.pid === Number(pid) && owner.startTime === startTime) endSite(layout, site);
  });
}

const [, script, net = '', site = '', pid = '', startTime = ''] = process.argv;
if (script === import.meta.filename) waitAndReap(net, site, pid, startTime);
