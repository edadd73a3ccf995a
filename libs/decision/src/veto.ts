import type { Instant, SiteId, Verdict } from '#libs/domain';
import type { Evidence } from './evidence.js';
import type { GroupState } from './group-state.js';
import type { DecisionPolicy, GroupShape } from './policy.js';

/** A reason not to act. `overridable`: a person may decide to act all the same. */
export interface Veto {
  readonly name: string;
  readonly message: string;
  readonly overridable: boolean;
}

export interface Situation {
  readonly at: Instant;
  readonly state: GroupState;
  readonly shape: GroupShape;
  readonly policy: DecisionPolicy;
  readonly evidence: Evidence;
  /** Where the group would move; undefined when no site is eligible. */
  readonly target: SiteId | undefined;
}

export type VetoCheck = (situation: Situation) => Veto | undefined;

export const hard = (name: string, message: string): Veto => ({ name, message, overridable: false });
export const soft = (name: string, message: string): Veto => ({ name, message, overridable: true });

export const verdictOf = (evidence: Evidence, shape: GroupShape, site: SiteId | undefined): Verdict | undefined =>
  site && evidence.verdicts.find((verdict) => verdict.cluster === shape.clusters[site]);

/** The sites that can see the cluster at `site` answer, whatever the verdict makes of it: none may be told that it is off. */
export const sitesThatSee = (evidence: Evidence, shape: GroupShape, site: SiteId): readonly SiteId[] =>
  (verdictOf(evidence, shape, site)?.voices ?? [])
    .filter(({ opinion }) => opinion === 'up' || opinion === 'degraded')
    .map((voice) => voice.site);
