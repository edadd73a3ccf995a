import { renameSync, writeFileSync } from 'node:fs';
import { KAFKA_SITES, type KafkaSite, type Layout } from './layout.js';
import type { RunDirectory } from './run-directory.js';
import { siteOf } from './site.js';

export const CONFIG_ID = 'orders-clients';

/** The file that clients at a site follow when they do not follow the name. */
export const clientConfigFile = (run: RunDirectory, site: KafkaSite): string => run.file(site, 'clients.json');

/** What clients are told while a site is active. */
export const clientConfigData = (layout: Layout, active: KafkaSite): Record<string, string> => ({
  'bootstrap.servers': siteOf(layout, active).kafka.clientAddress,
});

/** As a person sets the files up: the home site is active, and no run has stamped them yet. */
export function writeClientConfigs(layout: Layout, run: RunDirectory): void {
  for (const site of KAFKA_SITES) {
    run.folder(site);
    pointClients(layout, run, site, 'a');
  }
}

/** What a person does where there is no Signalbox: clients at `site` are told that `active` is. */
export function pointClients(layout: Layout, run: RunDirectory, site: KafkaSite, active: KafkaSite): void {
  const file = clientConfigFile(run, site);
  const text = JSON.stringify({ epoch: 0, data: clientConfigData(layout, active) });
  writeFileSync(`${file}.new`, text, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}
