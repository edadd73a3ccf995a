import { Firewall } from './firewall.js';
import { KAFKA_SITES, type Layout, SITES } from './layout.js';
import { isAlive, stateOf } from './processes.js';
import type { RunDirectory } from './run-directory.js';

/** One line for each process, and what is cut or closed. */
export function status(layout: Layout, run: RunDirectory): string {
  const owner = run.owner();
  const firewall = new Firewall(layout);
  const closed = KAFKA_SITES.filter((site) => firewall.isListenerClosed(site));
  return [
    `lab ${layout.net} in ${run.path}, ${owner !== undefined && isAlive(owner) ? `owned by process ${owner.pid}` : 'without an owner'}`,
    ...SITES.flatMap((site) => [
      `site ${site} at ${layout.address(site)}${run.isDown(site) ? ', killed' : ''}`,
      ...processesOf(run, site),
    ]),
    ...firewall.cuts().map((cut) => `cut: ${cut}`),
    ...closed.map((site) => `closed: the Kafka client listener of site ${site}`),
  ].join('\n');
}

function processesOf(run: RunDirectory, site: string): string[] {
  return run
    .processes()
    .filter((record) => record.site === site)
    .map((record) => {
      const held = run.isHeld(record.site, record.name) ? ', held' : '';
      return `  ${record.name.padEnd(16)} ${String(record.pid).padStart(8)}  ${stateOf(record)}${held}`;
    })
    .sort();
}
