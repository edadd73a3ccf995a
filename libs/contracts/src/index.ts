export type {
  ApiErrorBody,
  ClusterStatus,
  ExplainAnswer,
  GroupStatus,
  PlanAnswer,
  RunAnswer,
  StatusAnswer,
  VetoView,
} from './operator-api.js';
