import { loadTopology, TopologyError } from '#libs/topology';
import type { Outcome, Terminal } from '../command.js';
import { EXIT } from '../exit-code.js';

/** Needs no orchestrator and no token: it runs in a pipeline before anything is deployed. */
export const checkConfig = async (file: string, terminal: Terminal, json: boolean): Outcome => {
  try {
    const { sites, clusters, flows, groups } = await loadTopology(file);
    terminal.out(
      json
        ? JSON.stringify({ ok: true, file, problems: [] }, null, 2)
        : `${file} is fine: ${sites.length} sites, ${clusters.length} clusters, ${flows.length} flows, ${groups.length} groups.`,
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    if (json) terminal.out(JSON.stringify({ ok: false, file, problems: error.problems }, null, 2));
    else terminal.err(error.message);
    return EXIT.badConfig;
  }
};
