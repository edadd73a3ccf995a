import type { Positions } from '#libs/domain';
import { failoverPlan, plannedMove, reprotectPlan, type FailoverFacts } from '../plan.js';
import { refused, type PatternPlans } from './planned.js';

export interface ActivePassiveFacts extends FailoverFacts {
  /** Where the active site's log ended when it was promoted; undefined when nobody could record it. */
  readonly watermark?: Positions;
}

/** One site takes writes, and the other one follows it: what is moved is the right to take them. */
export const ACTIVE_PASSIVE: PatternPlans<ActivePassiveFacts> = {
  failover: (facts) => ({ plan: failoverPlan(facts) }),
  switchover: (facts) => ({ plan: plannedMove('switchover', facts) }),
  failback: (facts) => ({ plan: plannedMove('failback', facts) }),
  reprotect: ({ watermark, ...facts }) =>
    watermark
      ? { plan: reprotectPlan({ ...facts, watermark }) }
      : refused('watermark-unknown', `nobody knows from where ${facts.to} has to follow: rebuild it by hand`),
};
