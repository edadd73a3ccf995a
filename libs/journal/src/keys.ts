import {
  resourceKey,
  type ApprovalId,
  type ChainName,
  type ClusterId,
  type FlowId,
  type GroupId,
  type ProcessId,
  type ResourceRef,
  type RunId,
  type SiteId,
  type WorkerKind,
} from '#libs/domain';

const ROOT = '/signalbox';

/** So that key order is the order of numbers. */
const padded = (sequence: number): string => String(sequence).padStart(12, '0');

/** Where everything lives in the journal. Every prefix ends in `/`, so that no key is a prefix of another name. */
export const keys = {
  votes: () => `${ROOT}/votes/`,
  votesOn: (cluster: ClusterId) => `${ROOT}/votes/${cluster}/`,
  vote: (cluster: ClusterId, site: SiteId, process: ProcessId) => `${ROOT}/votes/${cluster}/${site}/${process}`,
  /** How far every flow has come, as its target's site last saw it. Outlives the source, and whoever wrote it. */
  positions: () => `${ROOT}/positions/`,
  positionsOf: (flow: FlowId) => `${ROOT}/positions/${flow}/`,
  flowPositions: (flow: FlowId, process: ProcessId) => `${ROOT}/positions/${flow}/${process}`,
  /** What was certified of the group's latest failover, and what came of it. */
  rpo: (group: GroupId) => `${ROOT}/rpo/${group}`,
  /** Lease-bound; the value is the holder's ProcessId. */
  leader: (group: GroupId) => `${ROOT}/groups/${group}/leader`,
  /** The current epoch as a decimal: what every worker's transaction compares. */
  epoch: (group: GroupId) => `${ROOT}/groups/${group}/epoch`,
  groupState: (group: GroupId) => `${ROOT}/groups/${group}/state`,
  /**
   * There while nothing may be decided or done for the group before `signalbox rescue`: every transaction of a leader and
   * of a worker compares that it is absent. The value says why, in words; whoever restores a journal puts it by hand.
   */
  hold: (group: GroupId) => `${ROOT}/groups/${group}/hold`,
  freeze: (group: GroupId) => `${ROOT}/groups/${group}/freeze`,
  /** What operators have lifted or attested: lists, replaced as a whole. */
  overrides: (group: GroupId) => `${ROOT}/groups/${group}/overrides`,
  attestations: (group: GroupId) => `${ROOT}/groups/${group}/attestations`,
  group: (group: GroupId) => `${ROOT}/groups/${group}/`,
  groups: () => `${ROOT}/groups/`,
  runs: () => `${ROOT}/runs/`,
  run: (run: RunId) => `${ROOT}/runs/${run}/run`,
  runRecords: (run: RunId) => `${ROOT}/runs/${run}/`,
  step: (run: RunId, name: string) => `${ROOT}/runs/${run}/steps/${name}`,
  /** Of the run that a step belongs to, by the step's key. */
  runOf: (stepKey: string) => stepKey.replace(/\/steps\/[^/]*$/, '/run'),
  /** Open steps by the site that executes them: what dispatchers and workers watch. The value is the step's key. */
  openSteps: (site: SiteId) => `${ROOT}/open-steps/${site}/`,
  openStep: (site: SiteId, run: RunId, name: string) => `${ROOT}/open-steps/${site}/${run}.${name}`,
  /** What each resource is to hold until another change of it is intended, by the kind of worker that keeps it so. */
  orders: (worker: WorkerKind) => `${ROOT}/orders/${worker}/`,
  order: (worker: WorkerKind, resource: ResourceRef) => `${ROOT}/orders/${worker}/${resourceKey(resource)}`,
  /** How often each weak fence of a group was re-asserted. */
  reassertions: (group: GroupId) => `${ROOT}/groups/${group}/reasserted/`,
  reasserted: (group: GroupId, resource: ResourceRef) => `${ROOT}/groups/${group}/reasserted/${resourceKey(resource)}`,
  /** What the dns-switcher of each site saw of each name of a group. */
  nameReports: (group: GroupId) => `${ROOT}/groups/${group}/names/`,
  nameReport: (group: GroupId, name: string, site: SiteId) => `${ROOT}/groups/${group}/names/${name}/${site}`,
  /** What the rules did lately with all groups together: the site they leave, whose turn it is, who moved alone. */
  neighbours: () => `${ROOT}/neighbours/`,
  siteEvent: () => `${ROOT}/neighbours/site-event`,
  siteTurns: () => `${ROOT}/neighbours/turns/`,
  siteTurn: (slot: number) => `${ROOT}/neighbours/turns/${slot}`,
  loneMoves: () => `${ROOT}/neighbours/alone/`,
  loneMove: (place: number) => `${ROOT}/neighbours/alone/${place}`,
  /** There while the group waits to leave its site, for those of a worse tier to see. */
  inLine: (tier: number, group: GroupId) => `${ROOT}/in-line/${tier}/${group}`,
  tierInLine: (tier: number) => `${ROOT}/in-line/${tier}/`,
  approvals: () => `${ROOT}/approvals/`,
  approval: (approval: ApprovalId) => `${ROOT}/approvals/${approval}`,
  /** What a request with this idempotency key was answered; lease-bound, so that it ends by itself. */
  request: (idempotencyKey: string) => `${ROOT}/requests/${idempotencyKey}`,
  guards: () => `${ROOT}/guards/`,
  /** Survives the lease: the last thing a guard said of itself. */
  guard: (site: SiteId) => `${ROOT}/guards/${site}/record`,
  /** Lease-bound: exists exactly while the guard renews. */
  guardLease: (site: SiteId) => `${ROOT}/guards/${site}/lease`,
  audit: (group: GroupId) => `${ROOT}/audit/${group}/`,
  /** Zero-padded, so that key order is chain order. */
  auditEntry: (group: GroupId, sequence: number) => `${ROOT}/audit/${group}/${padded(sequence)}`,
  audits: () => `${ROOT}/audit/`,
  auditHead: (group: GroupId) => `${ROOT}/audit-heads/${group}`,
  auditHeads: () => `${ROOT}/audit-heads/`,
  /** Beside a group's chain: evidence that is too large for entry `sequence`, in chunks from 0. */
  auditEvidence: (group: GroupId, sequence: number, sha256: string) =>
    `${ROOT}/audit-evidence/${group}/${padded(sequence)}.${sha256}/`,
  auditEvidenceChunk: (group: GroupId, sequence: number, sha256: string, chunk: number) =>
    `${keys.auditEvidence(group, sequence, sha256)}${String(chunk).padStart(4, '0')}`,
  /** There while chunks wait for the entry that binds them; the value is the prefix they are under. */
  looseEvidence: () => `${ROOT}/audit-evidence-loose/`,
  looseEvidenceOf: (group: GroupId, sequence: number, sha256: string) =>
    `${ROOT}/audit-evidence-loose/${group}.${padded(sequence)}.${sha256}`,
  /** What was asked of a site's orchestrators; laid out as the groups' chains are. */
  siteAudit: (site: SiteId) => `${ROOT}/site-audit/${site}/`,
  siteAuditEntry: (site: SiteId, sequence: number) => `${ROOT}/site-audit/${site}/${padded(sequence)}`,
  siteAuditHead: (site: SiteId) => `${ROOT}/site-audit-heads/${site}`,
  siteAuditHeads: () => `${ROOT}/site-audit-heads/`,
  /** Any chain by its name. */
  chain: (chain: ChainName) => `${ROOT}/${chain.replace(/^groups/, 'audit').replace(/^sites/, 'site-audit')}/`,
  chainEntry: (chain: ChainName, sequence: number) => `${keys.chain(chain)}${padded(sequence)}`,
  /** Where every chain ended, signed by a site and witnessed by others. */
  checkpoints: () => `${ROOT}/audit-checkpoints/`,
  checkpoint: (site: SiteId, sequence: number) => `${ROOT}/audit-checkpoints/${site}/${padded(sequence)}`,
  /** Lease-bound; the value names the one orchestrator that exports the audit to this target. */
  auditExporter: (target: string) => `${ROOT}/audit-export/${target}/exporter`,
  /** How far each chain has been exported to the target. */
  auditExported: (target: string) => `${ROOT}/audit-export/${target}/cursor`,
  /** Lease-bound; the value names the one notifier that delivers now. */
  notifierLeader: () => `${ROOT}/notifier/leader`,
  /** How far a channel has been told of a group's audit chain. */
  notified: (channel: string, group: GroupId) => `${ROOT}/notifier/${channel}/${group}`,
  /** How far people were told of a site's own chain. */
  notifiedOfSite: (site: SiteId) => `${ROOT}/notifier-of-sites/${site}`,
  /** Lease-bound: the message in which a channel told of something, so that there is one of it. */
  told: (channel: string, subject: string) => `${ROOT}/told/${channel}/${subject}`,
  /** Lease-bound: what the notifier that delivers says of its channels. */
  channelReport: () => `${ROOT}/channel-report`,
  /** Lease-bound: that channels are to be tried, and what came of each. */
  notificationTests: () => `${ROOT}/notification-tests/`,
  notificationTest: (test: string) => `${ROOT}/notification-tests/${test}/asked`,
  channelTrials: (test: string) => `${ROOT}/notification-tests/${test}/trials/`,
  channelTrial: (test: string, channel: string) => `${ROOT}/notification-tests/${test}/trials/${channel}`,
  /** Lease-bound: which versions a running process knows. */
  members: () => `${ROOT}/members/`,
  member: (process: ProcessId) => `${ROOT}/members/${process}`,
  /** Who announced itself last: changes with every announcement. */
  announced: () => `${ROOT}/announced`,
  /** The schema that records are written in, as a decimal; 1 while absent. */
  schema: () => `${ROOT}/schema`,
  topology: () => `${ROOT}/topology`,
} as const;
