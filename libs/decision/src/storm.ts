import type { Instant, SiteId, Verdict } from '#libs/domain';
import type { LoneMove, SiteTurn } from './evidence.js';
import type { GroupShape } from './policy.js';
import { soft, verdictOf, type Situation, type VetoCheck } from './veto.js';

/** What an automatic failover takes in the commit that starts it, so that the journal itself keeps the count. */
export type Turn =
  | { readonly kind: 'of-site'; readonly site: SiteId; readonly slot: number; readonly opensEvent: boolean }
  | { readonly kind: 'alone'; readonly place: number };

/** More groups than this do not move without a site verdict, unless a person says so. */
const ALONE_AT_MOST = 2;
/** A run that takes longer, or waits for a person, does not hold up the others. */
const TURN_LASTS_MS = 60_000;
/** A better tier that cannot move does not hold up the others for longer. */
const TIER_WAITS_MS = 60_000;

/** The verdict is on the site, not on one cluster of it: its own monitor is silent, or it has no other cluster. */
const isOnSite = (verdict: Verdict, site: SiteId, { soleClusterAt = [] }: GroupShape): boolean => {
  const own = verdict.voices.find((voice) => voice.site === site)?.opinion ?? 'silent';
  return own === 'silent' || own === 'abstain' || soleClusterAt.includes(site);
};

const verdictDown = ({ state, evidence, shape }: Situation): Verdict | undefined => {
  const verdict = verdictOf(evidence, shape, state.active);
  return verdict?.kind === 'down' ? verdict : undefined;
};

/** Failures that come one after the other are more likely ours than theirs: people have to look first. */
export const storm: VetoCheck = (situation) => {
  const { at, state, shape, policy, evidence } = situation;
  const verdict = verdictDown(situation);
  if (!verdict || !evidence.neighbours) return undefined;
  const { siteEvent, alone } = evidence.neighbours;
  const isRecent = (since: Instant) => at - since < policy.coolDownMs;
  if (isOnSite(verdict, state.active, shape)) {
    if (!siteEvent || siteEvent.site === state.active || !isRecent(siteEvent.since)) return undefined;
    const sinceText = `${at - siteEvent.since} ms after groups began to leave ${siteEvent.site}`;
    return soft(
      'storm',
      `${state.active} is the second site that is lost within ${policy.coolDownMs} ms, ${sinceText}`,
    );
  }
  const others = alone.filter((move) => move.group !== shape.group && isRecent(move.at)).map(({ group }) => group);
  if (others.length < ALONE_AT_MOST) return undefined;
  const groups = others.join(' and ');
  return soft(
    'storm',
    `${groups} were moved within ${policy.coolDownMs} ms, and none of their sites is lost as a whole`,
  );
};

/**
 * What the group takes to move now; `later` while others have to go first: three runs of a site event at a time, better
 * tiers before the rest. Undefined where nobody keeps count.
 */
export function turnOf(situation: Situation): Turn | 'later' | undefined {
  const { at, state, shape, policy, evidence } = situation;
  const verdict = verdictDown(situation);
  if (!verdict || !evidence.neighbours) return undefined;
  const { siteEvent, turns, alone, inLine } = evidence.neighbours;
  if (!isOnSite(verdict, state.active, shape)) return { kind: 'alone', place: oldestPlace(alone) };
  const waitedMs = verdict.failedForMs - (verdict.dwellMs ?? 0);
  if (waitedMs < TIER_WAITS_MS && inLine.some(({ site }) => site === state.active)) return 'later';
  const slot = slotsOf(policy.runsAtOnce).find((each) => isFree(each, turns, at));
  if (slot === undefined) return 'later';
  const isOpen = siteEvent?.site === state.active && at - siteEvent.since < policy.coolDownMs;
  return { kind: 'of-site', site: state.active, slot, opensEvent: !isOpen };
}

const slotsOf = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

const isFree = (slot: number, turns: readonly SiteTurn[], at: Instant): boolean =>
  turns.every((turn) => turn.slot !== slot || at - turn.since >= TURN_LASTS_MS);

/** A free place, or the one that was taken longest ago: the veto has seen to it that this is long enough. */
function oldestPlace(alone: readonly LoneMove[]): number {
  const takenAt = (place: number) => alone.find((move) => move.place === place)?.at ?? -Infinity;
  return slotsOf(ALONE_AT_MOST).toSorted((one, other) => takenAt(one) - takenAt(other))[0] ?? 1;
}
