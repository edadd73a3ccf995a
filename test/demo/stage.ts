import { loadTopology, policyOf, type ApiRole, type Policy } from '#libs/topology';
import type { Clock } from '#libs/runtime';
import { readFile } from 'node:fs/promises';
import { OperatorApi } from '../../apps/cli/src/operator-api.js';
import type { Lab } from '../lab/lab.js';
import { kafkaSiteNamed } from '../lab/layout.js';
import { Clients } from './clients.js';
import { DemoError } from './demo-error.js';
import { FAULTS, type Fault } from './faults.js';
import type { KafkaSite } from './ledger.js';
import type { DemoOptions } from './options.js';
import { RandomKill, type Chapter } from './random-kill.js';
import type { CliAccess } from './signalbox-cli.js';
import { Timeline } from './timeline.js';
import { Witness } from './witness.js';

/** What the lab's signalbox.yaml says about the one group that is shown. */
export interface Scene {
  readonly group: string;
  /** The site that fails, and whose cluster that is. */
  readonly home: KafkaSite;
  readonly cluster: string;
  readonly topic: string;
  readonly name: string;
  readonly policy: Policy;
}

/** All that one run of the demo works with. */
export interface Stage extends Scene {
  readonly options: DemoOptions;
  readonly fault: Fault;
  readonly clock: Clock;
  readonly lab: Lab;
  readonly timeline: Timeline;
  readonly clients: Clients;
  readonly witness: Witness;
  /** Absent when nothing is to be killed besides. */
  readonly randomKill: RandomKill | undefined;
  /** Asks as a viewer, B first: it outlives every fault of the demo. */
  readonly api: OperatorApi;
  readonly viewer: CliAccess;
  readonly operator: CliAccess;
  readonly approver: CliAccess;
  /** Where the export of the audit chain is left, to be verified by anybody afterwards. */
  readonly auditFile: string;
}

const SITES_BY_LIFE = ['b', 'w', 'a'] as const;

export const setStage = async (
  lab: Lab,
  options: DemoOptions,
  { clock, print, auditFile }: Pick<Stage, 'clock' | 'auditFile'> & { readonly print: (line: string) => void },
): Promise<Stage> => {
  const scene = await sceneIn(lab.configFile);
  const { topic, name } = scene;
  const fault = FAULTS[options.fault];
  const as = (role: ApiRole): CliAccess => ({ config: lab.configFile, tokenFile: lab.tokenFile(role) });
  const viewer = as('viewer');
  const token = (await readFile(viewer.tokenFile, 'utf8')).trim();
  const endpoints = SITES_BY_LIFE.map((site) => lab.site(site).apiUrl);
  const timeline = new Timeline(clock.now(), print);
  const login = { username: 'app', password: lab.password('app') };
  const pinned = fault.survivesAtA === true;
  const { killRandom } = options;
  return {
    ...scene,
    options,
    fault,
    clock,
    lab,
    timeline,
    viewer,
    operator: as('operator'),
    approver: as('approver'),
    auditFile,
    clients: new Clients({ lab, clock, name, topic, groupId: 'app-demo', login, pinned }),
    randomKill: killRandom === undefined ? undefined : new RandomKill(killRandom, { lab, clock, timeline }),
    witness: new Witness({ endpoints, token, clock, cluster: scene.cluster }, timeline),
    api: new OperatorApi({ endpoints, token, note: () => undefined }),
  };
};

export const beginChapter = ({ randomKill }: Stage, chapter: Chapter): void => randomKill?.begin(chapter);

const sceneIn = async (configFile: string): Promise<Scene> => {
  const topology = await loadTopology(configFile);
  const [group] = topology.groups;
  const cluster = topology.clusters.find(({ site }) => site === group?.home)?.id;
  const [topic] = group?.topics ?? [];
  const name = group?.traffic[0]?.name;
  if (!group || !cluster || !topic || !name) throw new DemoError(`${configFile} has no group with a topic and a name`);
  return { group: group.id, home: kafkaSiteNamed(group.home), cluster, topic, name, policy: policyOf(topology, group) };
};
