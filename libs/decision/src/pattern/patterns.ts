import { ACTIVE_ACTIVE, type ActiveActiveFacts } from './active-active.js';
import { ACTIVE_PASSIVE, type ActivePassiveFacts } from './active-passive.js';
import type { PatternPlans } from './planned.js';
import { STRETCH, type StretchFacts } from './stretch.js';

/** What the plans of each pattern are made from. */
export interface FactsOf {
  readonly 'active-passive': ActivePassiveFacts;
  readonly 'active-active': ActiveActiveFacts;
  readonly stretch: StretchFacts;
}

/** How the sites of a group stand to each other. */
export type Pattern = keyof FactsOf;

/** Another pattern is another row: its facts above, its four plans here. */
export const PATTERNS: { readonly [P in Pattern]: PatternPlans<FactsOf[P]> } = {
  'active-passive': ACTIVE_PASSIVE,
  'active-active': ACTIVE_ACTIVE,
  stretch: STRETCH,
};
