export {
  isPending,
  isReviewOpen,
  type AfterReview,
  type AnswerDecision,
  type Approval,
  type ApprovalPhase,
  type CountedAnswer,
} from './approval.js';
export type { Actor, AuditEntry, ChainLink, ChainName, SiteAuditEntry, SiteRule } from './audit-entry.js';
export type { ChainEnd, Checkpoint, Witness } from './checkpoint.js';
export {
  InvariantViolation,
  invariant,
  messageOf,
  OutcomeUnknownError,
  SignalboxError,
  UnavailableError,
} from './errors.js';
export { FencedResource, type Cause, type Stamped, type Verification, type WriteOutcome } from './fenced-resource.js';
export type {
  FlowPositions,
  GroupPosition,
  PartitionPosition,
  PositionProblem,
  PositionProblemKind,
  PositionRest,
} from './flow-positions.js';
export type { GuardRecord } from './guard.js';
export {
  approvalId,
  clusterId,
  epoch,
  flowId,
  groupId,
  instant,
  NEVER_STAMPED,
  processId,
  runId,
  siteId,
  type ApprovalId,
  type ClusterId,
  type Epoch,
  type FlowId,
  type GroupId,
  type Instant,
  type ProcessId,
  type RunId,
  type SiteId,
} from './ids.js';
export type { Json } from './json.js';
export {
  destinationsOf,
  ttlSecondsOf,
  withTtl,
  type AddressTarget,
  type AliasTarget,
  type CnameTarget,
  type NameTarget,
  type OneTarget,
  type PlainTarget,
  type Service,
  type ServiceTarget,
  type WeightedMember,
  type WeightedTarget,
} from './name-target.js';
export type { NameDrift, NameNews, NameReport, NameRule, OwnerSeen, ResolverSeen, ServerSeen } from './name-report.js';
export type { GroupOffsets } from './group-offsets.js';
export type { Backlog, Positions, StrandedRange } from './positions.js';
export type { ReassertedRecord, ResourceOrder } from './resource-order.js';
export type { Ring } from './ring.js';
export type { ReturningPhase, ReturningSite } from './returning-site.js';
export type { GroupAtRisk, PartitionAtRisk, RecordRange, RpoCertificate, RpoMeasurement, RpoRecord } from './rpo.js';
export type { SalvageAs, SalvageConflicts, Salvaged, SalvagedPartition, SalvageOrder } from './salvage.js';
export { isTerminal, MOVES, type Compensation, type Plan, type Run, type RunKind, type RunPhase } from './run.js';
export {
  isSettled,
  resourceKey,
  type ResourceRef,
  type Step,
  type StepAction,
  type StepRecord,
  type StepStatus,
  type WorkerKind,
} from './step.js';
export type { SiteVoice, Verdict, VerdictKind } from './verdict.js';
export type { FlowLag, Opinion, Vote } from './vote.js';
export type { ConfigData, MirrorState, WriteAccess } from './write-access.js';
