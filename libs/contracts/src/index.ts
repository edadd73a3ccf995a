export { ANSWERS, type AnswerName } from './answers.js';
export { ApprovalWire } from './approval.js';
export {
  approverKeyring,
  openToken,
  signAnswer,
  type ApproverKeyring,
  type OpenedToken,
  type SignedAnswer,
  type TokenProblem,
} from './approval-token.js';
export { AuditEntryWire, SiteAuditEntryWire } from './audit-entry.js';
export { canonicalJson, canonicalOf, hashOf, sha256Hex } from './canonical.js';
export { ChannelReportWire, channelTroubles, type ChannelReport } from './channel-report.js';
export { checkpointHash, checkpointProblem, CheckpointWire, endOf, signCheckpoint, witnessed } from './checkpoint.js';
export { ClientConfigWire } from './client-config.js';
export { parseDuration } from './duration-text.js';
export { decode, decodeOrThrow, decodeValue, ForgedError, MalformedError, parseJson, type Decoded } from './decode.js';
export { decodeDesired } from './desired.js';
export { FlowPositionsWire, openFlowPositions, signFlowPositions } from './flow-positions.js';
export { BacklogWire, PositionsWire } from './positions.js';
export { SalvageAsWire, SalvagedPartitionWire, SalvagedWire, SalvageOrderWire } from './salvage.js';
export { GuardRecordWire } from './guard-record.js';
export type { Mirrors } from './mirrors.js';
export { NameReportWire } from './name-report.js';
export {
  notificationEvent,
  NotificationEventWire,
  NotificationWire,
  type Notification,
  type NotificationEvent,
  type NotificationSeverity,
} from './notification.js';
export {
  OBSERVATION_TYPE,
  observationEvent,
  observationId,
  openObservation,
  type Observation,
  type ObservationEvent,
} from './observation.js';
export type {
  ClusterStatus,
  ExplainAnswer,
  GroupStatus,
  NameStatus,
  PlanAnswer,
  QueueStatus,
  RunAnswer,
  StatusAnswer,
  TimelineRow,
  VoteView,
} from './operator-api.js';
export type {
  ApprovalAnswer,
  AttestAnswer,
  AttestationView,
  DurationView,
  ForecastAnswer,
  OverrideAnswer,
  OverrideView,
  PlanExportAnswer,
  PreflightAnswer,
  PreflightCheck,
  ReadingView,
  ReleaseAnswer,
  RequestAnswer,
  RescueAnswer,
  RescueFindings,
  RiskView,
  RunChangeAnswer,
  SurveyAnswer,
  VetoView,
} from './operator-answers.js';
export {
  answerOfTest,
  ChannelTrialWire,
  isWaiting,
  NotificationTestAnswerWire,
  NotificationTestWire,
  type ChannelTrial,
  type NotificationTest,
  type NotificationTestAnswer,
} from './notification-test.js';
export {
  AnswerBody,
  ForecastQuery,
  FreezeBody,
  GivenAnswerBody,
  IDEMPOTENCY_KEY,
  IDEMPOTENCY_REPLAYED,
  IdempotencyKeyWire,
  NotificationTestBody,
  OverrideBody,
  PlanQuery,
  ReasonBody,
  RelayedAnswerBody,
  RelayedFreezeBody,
  RequestBody,
  RequestKindWire,
  RescueBody,
  RescueQuery,
  ReviewBody,
  SiteBody,
  SkipBody,
  SlackPersonWire,
  SurveyBody,
  TokenBody,
  type RequestKind,
  type SlackPerson,
} from './operator-requests.js';
export { PROBLEM_TYPE, ProblemDetailsWire, REQUEST_ID, type ProblemDetails } from './problem-details.js';
export { ReassertedRecordWire, ResourceOrderWire } from './resource-order.js';
export { RingWire } from './ring.js';
export { PlanWire, RunKindWire, RunWire } from './run.js';
export {
  keyringOf,
  signatureOf,
  signatureProblem,
  signingKey,
  SigningKeyError,
  type Keyring,
  type SigningKey,
} from './signing.js';
export { HashWire } from './wire.js';
export { StepRecordWire, StepWire } from './step.js';
export { openVote, signVote, VoteWire } from './vote.js';
export { RpoCertificateWire, RpoMeasurementWire, RpoRecordWire } from './rpo.js';
