import type { FlowLag, Instant, ReturningSite, SiteId } from '#libs/domain';
import type { DecisionPolicy, GroupShape } from './policy.js';
import { siteAfter } from './returning-machine.js';

/** What one journal revision shows of a site that is not active. */
export interface Sighting {
  readonly at: Instant;
  /** Its cluster is seen well, and its guard renews. */
  readonly answers: boolean;
  /** Its cluster is down, or its guard is silent. */
  readonly isGone: boolean;
  /** Nobody has counted what is stranded there. */
  readonly isUncounted: boolean;
  /** Of the flow toward it; undefined when nobody measured it. */
  readonly lag: FlowLag | undefined;
}

/** What follows for the site: a run that takes it in, or a new record of it by this rule; no record once it is protected. */
export type Step = { readonly site: ReturningSite | undefined; readonly rule: string } | 'take-in' | undefined;

/** A run that could not take a site in, or not count what is stranded there, is not repeated sooner than this. */
const TAKE_IN_AGAIN_MS = 30_000;

/** Who could not count so often lacks something that a person has to mend: it is looked for less and less often. */
const COUNT_AGAIN_AT_MOST_MS = 3_600_000;

/**
 * Nobody has read what only its own log has, though a flow from it to the active site could say: not the same as none. A
 * Kafka that is another one than it was has nothing of the group.
 */
export const isUncounted = (
  id: SiteId,
  { stranded, rebornAs }: ReturningSite,
  active: SiteId,
  { flows }: GroupShape,
): boolean => !stranded && rebornAs === undefined && flows.some(({ from, to }) => from === id && to === active);

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
  const { answers, isGone, isUncounted, at } = sighting;
  switch (site.phase) {
    case 'lost': {
      const isTooSoon = site.rule === 'take-in-failed' && at - site.since < TAKE_IN_AGAIN_MS;
      return answers && !isTooSoon ? 'answers' : undefined;
    }
    case 'quarantined': {
      if (isGone) return 'is-gone';
      const isTooSoon = at - site.since < countAgainMs(site);
      return answers && isUncounted && !isTooSoon ? 'answers' : undefined;
    }
    case 'catching-up':
      return keepingUp(site, sighting, policy);
  }
}

const countAgainMs = ({ uncounted = 1 }: ReturningSite): number =>
  Math.min(TAKE_IN_AGAIN_MS * 2 ** (uncounted - 1), COUNT_AGAIN_AT_MOST_MS);

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
