import type { FlowLag, Instant, ReturningSite } from '#libs/domain';
import type { DecisionPolicy } from './policy.js';
import { siteAfter } from './returning-machine.js';

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

/** What follows for the site: a run that takes it in, or a new record of it by this rule; no record once it is protected. */
export type Step = { readonly site: ReturningSite | undefined; readonly rule: string } | 'take-in' | undefined;

/** A run that could not take a site in is not repeated sooner than this. */
const TAKE_IN_AGAIN_MS = 30_000;

/** Pure. */
export function tend(site: ReturningSite, sighting: Sighting, policy: DecisionPolicy): Step {
  const input = sighted(site, sighting, policy);
  if (input === undefined) return undefined;
  if (input === 'answers') return 'take-in';
  const next = siteAfter(input, site, knownAfter(input, site, sighting.at));
  return { site: next, rule: next?.rule ?? 'site-protected' };
}

type SeenInput = 'answers' | 'is-gone' | 'comes-under-rpo' | 'goes-above-rpo' | 'kept-up';

/** What the machine is told; undefined while nothing about the site is new. */
function sighted(site: ReturningSite, sighting: Sighting, policy: DecisionPolicy): SeenInput | undefined {
  const { answers, isGone, at } = sighting;
  switch (site.phase) {
    case 'lost': {
      const isTooSoon = site.rule === 'take-in-failed' && at - site.since < TAKE_IN_AGAIN_MS;
      return answers && !isTooSoon ? 'answers' : undefined;
    }
    case 'quarantined':
      return isGone ? 'is-gone' : undefined;
    case 'catching-up':
      return keepingUp(site, sighting, policy);
  }
}

function keepingUp(
  { keepsUpSince }: ReturningSite,
  { lag, at }: Sighting,
  { rpoMs, protectedAfterMs }: DecisionPolicy,
): SeenInput | undefined {
  const isUnderRpo = lag !== undefined && lag.lagMs + lag.sampleAgeMs <= rpoMs;
  if (!isUnderRpo) return keepsUpSince === undefined ? undefined : 'goes-above-rpo';
  if (keepsUpSince === undefined) return 'comes-under-rpo';
  return at - keepsUpSince >= protectedAfterMs ? 'kept-up' : undefined;
}

function knownAfter(input: SeenInput, site: ReturningSite, at: Instant): ReturningSite {
  if (input === 'is-gone') return { ...site, since: at };
  if (input === 'comes-under-rpo') return { ...site, keepsUpSince: at };
  const { keepsUpSince, ...rest } = site;
  return rest;
}
