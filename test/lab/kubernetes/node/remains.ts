import { spawnSync } from 'node:child_process';
import type { KafkaSite, Layout } from '../../layout.js';
import { signal } from '../../processes.js';
import { RunDirectory } from '../../run-directory.js';
import { killRecorded } from '../../tear-down.js';
import { planeRunOf } from '../control-plane.js';
import { addressesOf } from './addresses.js';
import { Cgroup } from './cgroup.js';

export const runOf = (layout: Layout, site: KafkaSite): RunDirectory =>
  new RunDirectory(`${layout.runDirectory}-node-${site}`);

export const cgroupOf = (layout: Layout, site: KafkaSite): Cgroup => new Cgroup(`${layout.tag}-${site}`);

/**
 * Ends all that runs in a site, pods included, and takes back what was changed on the machine: its mounts and networks go with
 * its last process. Synchronous, so that it also works while the process exits, and on what a killed one left. Safe to repeat.
 */
export function endSite(layout: Layout, site: KafkaSite): void {
  const run = runOf(layout, site);
  const owner = run.owner();
  const reaper = owner?.reaper;
  if (reaper !== undefined && reaper.pid !== process.pid) signal(reaper, 'SIGKILL');
  const cgroup = cgroupOf(layout, site);
  cgroup.thaw();
  killRecorded(run);
  cgroup.kill();
  cgroup.remove();
  // It goes with the network at its other end, which the kernel takes down in its own time.
  spawnSync('ip', ['link', 'delete', addressesOf(layout, site).outsideInterface]);
  const plane = planeRunOf(layout, site);
  if (plane.owner()?.pid === owner?.pid) plane.remove();
  run.remove();
}
