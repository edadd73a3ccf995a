export type { ApprovalRules, ApprovalSettings, ApproverKey } from './approval.js';
export type { Channel, ChannelOf, Hours, Severity } from './channel.js';
export { chartValuesSchema } from './chart-values.js';
export { checkTopology } from './checks/check-topology.js';
export type { Cluster, Sasl, Tls, WriteFence, WriteFenceBy } from './cluster.js';
export { fileAt, rolloutsOf, type Config } from './config.js';
export { editorSchema } from './editor-schema.js';
export {
  connectorsOf,
  copiedTopicsOf,
  dedicatedKeysOf,
  isDrivenBy,
  strimziConnectors,
  strimziConnectorsOf,
  strimziObjectsOf,
  type StrimziObjectName,
  type DedicatedKeys,
  type Flow,
  type FlowBy,
  type FlowDriver,
} from './flow.js';
export type { FenceMode, Group, GroupMode } from './group.js';
export { topologyHash } from './hash.js';
export { journalMajority, type JournalPlace } from './journal-place.js';
export { dataOf, renderedData } from './key-rendering.js';
export {
  nameOfTarget,
  settingOf,
  type KeyRendering,
  type KubernetesAccess,
  type KubernetesSite,
  type KubernetesTarget,
  type KubernetesWorkload,
} from './kubernetes.js';
export { loadTopology } from './load.js';
export {
  approvalRulesOf,
  clusterOf,
  findCluster,
  findFlow,
  findGroup,
  findSite,
  flowBetween,
  flowsOf,
  groupsOfPerson,
  hostAndPort,
  inboundFlow,
  journalEndpoints,
  membersOf,
  otherSite,
  policyOf,
} from './lookup.js';
export { parseTopology } from './parse.js';
export { DEFAULT_POLICY, type Policy } from './policy.js';
export { describeProblem, TopologyError, type Problem } from './problem.js';
export type { SecretRef } from './scalars.js';
export type { Site } from './site.js';
export { isLeftOut, matchesTopic, TOPICS_EXCLUDED } from './topics.js';
export { describeRto, rtoSum, type RtoSum } from './rto.js';
export { TopologyText, type ApiRole, type ApiToken, type OidcSettings, type Topology } from './topology.js';
export { isBy, targetsOf, type DnsTraffic, type DnsTrafficBy } from './traffic.js';
