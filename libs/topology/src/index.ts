export { checkTopology, type Finding } from './check.js';
export type { Cluster, Sasl, Tls } from './cluster.js';
export type { Flow } from './flow.js';
export type { FenceMode, Group, GroupMode } from './group.js';
export { topologyHash } from './hash.js';
export { loadTopology } from './load.js';
export {
  clusterOf,
  findCluster,
  findFlow,
  findGroup,
  findSite,
  flowBetween,
  flowsOf,
  hostAndPort,
  inboundFlow,
  journalEndpoints,
  otherSite,
  policyOf,
} from './lookup.js';
export { parseTopology } from './parse.js';
export { DEFAULT_POLICY, type Policy } from './policy.js';
export { describeProblem, TopologyError, type Problem } from './problem.js';
export type { SecretRef } from './scalars.js';
export type { Site } from './site.js';
export { matchesTopic } from './topics.js';
export { TopologyText, type ApiRole, type ApiToken, type Topology } from './topology.js';
export type { DnsTraffic } from './traffic.js';
