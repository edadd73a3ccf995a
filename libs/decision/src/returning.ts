import type { FlowLag, Instant, ReturningPhase, ReturningSite } from '#libs/domain';
import type { DecisionPolicy } from './policy.js';

/** What one journal revision shows of a site that is not active. */
export interface Sighting {
  readonly at: Instant;
  /** Its cluster is seen well, and its guard renews. */
  readonly answers: boolean;
  /** Its cluster is down, or its guard is silent. */
  readonly isGone: boolean;
  /** Of the flow toward it; undefined when nobody measured it. */
  readonly lag: FlowLag | undefined;
}

/** What follows for the site: a new record of it, a run that takes it in, or its protection. */
export type Step = { readonly site: ReturningSite } | 'take-in' | 'protected' | undefined;

/** A run that could not take a site in is not repeated sooner than this. */
const TAKE_IN_AGAIN_MS = 30_000;
export const TAKE_IN_FAILED = 'take-in-failed';

type Rule = (site: ReturningSite, sighting: Sighting, policy: DecisionPolicy) => Step;

/** The machine of a site that stopped being active: what it waits for in each phase. Runs move it as well. */
const TRANSITIONS: Readonly<Record<ReturningPhase, Rule>> = {
  lost: ({ rule, since }, { answers, at }) => {
    const tooSoon = rule === TAKE_IN_FAILED && at - since < TAKE_IN_AGAIN_MS;
    return answers && !tooSoon ? 'take-in' : undefined;
  },
  quarantined: (site, { isGone, at }) =>
    isGone ? { site: { ...site, phase: 'lost', since: at, rule: 'returning-lost-again' } } : undefined,
  'catching-up': (site, { lag, at }, { rpoMs, protectedAfterMs }) => {
    const keepsUp = lag !== undefined && lag.lagMs + lag.sampleAgeMs <= rpoMs;
    const { keepsUpSince, ...rest } = site;
    if (!keepsUp) return keepsUpSince === undefined ? undefined : { site: { ...rest, rule: 'catching-up-above-rpo' } };
    if (keepsUpSince === undefined) return { site: { ...site, keepsUpSince: at, rule: 'catching-up-under-rpo' } };
    return at - keepsUpSince >= protectedAfterMs ? 'protected' : undefined;
  },
};

/** Pure. */
export const tend = (site: ReturningSite, sighting: Sighting, policy: DecisionPolicy): Step =>
  TRANSITIONS[site.phase](site, sighting, policy);
