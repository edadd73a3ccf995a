export { takeAnswer, type AnswerRefusal, type GivenAnswer, type Taken } from './approval-answer.js';
export { approvalAfter } from './approval-machine.js';
export { compensate, type Compensated } from './compensation.js';
export { decide } from './decide.js';
export type { Decision, Effect, Evaluation, Findings, FreshIds, GroupEvent, Settings } from './decision.js';
export {
  judge,
  NO_STREAK,
  type Complaint,
  type DetectorPolicy,
  type Doubt,
  type Judgement,
  type ProbeKind,
  type Round,
  type Streak,
} from './detector.js';
export {
  attestationOf,
  type Attestation,
  type Evidence,
  type ForeignName,
  type Freeze,
  type GuardEvidence,
  type LoneMove,
  type Neighbours,
  type Override,
  type SiteEvent,
  type SiteTurn,
} from './evidence.js';
export { initialGroupState, permittedAccess, quarantinedIn, type GroupState, type Phase } from './group-state.js';
export { anotherThan } from './identity.js';
export { doubtIn, type HonestyPolicy, type SelfSight } from './honesty.js';
export { isRefusal, retryStage, skippable, skipStep, type Intervention, type Refusal } from './intervention.js';
export { situationOf } from './moving.js';
export { MACHINES } from './machines.js';
export { PATTERNS, type FactsOf, type Pattern } from './pattern/patterns.js';
export type { Planned, PlanRefusal } from './pattern/planned.js';
export { failoverPlan, PLAN_VERSION, plannedMove, quarantinePlan, reprotectPlan } from './plan.js';
export type { ApprovalPolicy, DecisionPolicy, FenceMode, GroupShape, Mode } from './policy.js';
export {
  advance,
  holdsUp,
  isPastNoReturn,
  isUnderWay,
  MAX_ATTEMPTS,
  MAX_PLANNED_ATTEMPTS,
  resume,
  type Move,
  type Surroundings,
} from './progress.js';
export { missingRounds, recoveryInWords, recoveryOf, type Recovery } from './recovery.js';
export {
  answerTo,
  planFor,
  quarantineMessage,
  type Answer,
  type Facts,
  type MoveRequest,
  type RequestKind,
} from './request.js';
export { runAfter } from './run-machine.js';
export { assess, type Assessment, type Reading } from './rescue.js';
export { rescuePlan, surveyPlan } from './rescue-plan.js';
export { transitionsPage } from './transitions-page.js';
export { VETO_KINDS, vetoKind, type VetoKind } from './veto-catalogue.js';
export { settingsOf } from './settings.js';
export { verdictOn } from './verdict.js';
export { sitesThatSee, verdictOf, type Situation, type Veto } from './veto.js';
export { atRiskMs, targetOf, vetoesOf } from './vetoes.js';
export { vetoesOnAsked } from './perceive.js';
export type { Turn } from './storm.js';
export { voiceOf, voicesOn } from './voices.js';
