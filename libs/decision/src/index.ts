export {
  decide,
  failoverRequest,
  situationOf,
  type Decision,
  type Effect,
  type FreshIds,
  type GroupEvent,
  type Settings,
} from './decide.js';
export type { Evidence, Freeze, GuardEvidence } from './evidence.js';
export { initialGroupState, permittedAccess, type GroupState, type Phase } from './group-state.js';
export { failoverPlan, type FailoverRequest } from './plan.js';
export type { DecisionPolicy, FenceMode, GroupShape, Mode } from './policy.js';
export { advance, MAX_ATTEMPTS, resume, type Move, type Surroundings } from './progress.js';
export { rebornEmpty, verdictOn } from './verdict.js';
export { targetOf, verdictOf, vetoesOf, type Situation, type Veto } from './vetoes.js';
export { voiceOf, voicesOn } from './voices.js';
