import { describeRto, loadTopology, rtoSum, TopologyError } from '#libs/topology';
import type { Outcome, Terminal } from '../command.js';
import { EXIT } from '../exit-code.js';

/** Needs no orchestrator and no token: it runs in a pipeline before anything is deployed. */
export const checkConfig = async (file: string, terminal: Terminal, json: boolean): Outcome => {
  try {
    const topology = await loadTopology(file);
    const { sites, clusters, flows, groups } = topology;
    const rto = groups.map((group) => ({ group: group.id, ...rtoSum(topology, group) }));
    if (json) terminal.out(JSON.stringify({ ok: true, file, problems: [], rto }, null, 2));
    else {
      terminal.out(
        `${file} is fine: ${sites.length} sites, ${clusters.length} clusters, ${flows.length} flows, ${groups.length} groups.`,
      );
      for (const sum of rto) {
        terminal.out(
          `${sum.group}: clients are served elsewhere after at most ${describeRto(sum)}, of ${sum.goalMs} ms.`,
        );
      }
    }
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    if (json) terminal.out(JSON.stringify({ ok: false, file, problems: error.problems }, null, 2));
    else terminal.err(error.message);
    return EXIT.badConfig;
  }
};
