import type { Topology } from '../topology.js';
import type { Check, Finding } from './finding.js';
import { approvalChecks } from './approvals.js';
import { automaticChecks } from './automatic.js';
import { channelChecks } from './channels.js';
import { configChecks } from './configs.js';
import { connectorChecks } from './connectors.js';
import { groupChecks } from './groups.js';
import { journalChecks } from './journal.js';
import { kubernetesChecks } from './kubernetes.js';
import { nameChecks } from './names.js';
import { probeTopicChecks } from './probe-topics.js';
import { proxyChecks } from './proxies.js';
import { referenceChecks } from './references.js';
import { replicationChecks } from './replication.js';
import { timingChecks } from './timing.js';
import { trafficChecks } from './traffic.js';
import { writeFenceChecks } from './write-fences.js';
import { twoSiteChecks } from './two-sites.js';

const CHECKS: readonly Check[] = [
  ...nameChecks,
  ...referenceChecks,
  ...journalChecks,
  ...groupChecks,
  ...replicationChecks,
  ...connectorChecks,
  ...probeTopicChecks,
  ...trafficChecks,
  ...configChecks,
  ...kubernetesChecks,
  ...writeFenceChecks,
  ...proxyChecks,
  ...timingChecks,
  ...approvalChecks,
  ...twoSiteChecks,
  ...automaticChecks,
  ...channelChecks,
];

/**
 * Everything the schema alone cannot say: names that must exist, and values that must fit each other. All rules run,
 * so that everything wrong is seen at once.
 */
export const checkTopology = (topology: Topology): readonly Finding[] =>
  CHECKS.flatMap((check) => [...check(topology)]);
