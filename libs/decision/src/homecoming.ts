import { MOVES, type Plan, type ReturningSite, type SiteId } from '#libs/domain';
import type { Evaluation, Findings, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { forget } from './identity.js';
import { steadied, type Closed, type Next } from './moving.js';
import { quarantinePlan } from './plan.js';
import { afterRescue } from './rescue.js';
import { siteAfter } from './returning-machine.js';
import { isUncounted, tend, type Sighting } from './returning.js';
import { verdictOf } from './veto.js';
import { frozen } from './vetoes.js';

type Running = Extract<GroupState, { phase: 'running' }>;

/** What a site on its way back needs of its group: a run that takes it in, or a new record of it and the row that says so. */
export type Tended =
  | { readonly input: 'returned'; readonly plan: Plan }
  | { readonly input: 'returning'; readonly state: GroupState; readonly rule: string };

/** Looks after the first site on its way back that needs something; undefined when none does. */
export function tendReturning(state: GroupState, event: Evaluation, settings: Settings): Tended | undefined {
  for (const [id, site] of Object.entries(state.returning)) {
    const tended = tendOne(state, id as SiteId, site, event, settings);
    if (tended) return tended;
  }
  return undefined;
}

function tendOne(
  state: GroupState,
  id: SiteId,
  site: ReturningSite,
  event: Evaluation,
  settings: Settings,
): Tended | undefined {
  const { shape, policy } = settings;
  const step = tend(site, sightingOf(state, id, site, event, settings), policy);
  switch (step) {
    case undefined:
      return undefined;
    case 'take-in':
      if (policy.mode === 'observe' || frozen({ ...event, state, shape, policy, target: id })) return undefined;
      return { input: 'returned', plan: quarantinePlan({ shape, policy, from: state.active, to: id }) };
    default:
      return { input: 'returning', state: having(state, id, step.site), rule: step.rule };
  }
}

function sightingOf(
  state: GroupState,
  id: SiteId,
  site: ReturningSite,
  { at, evidence }: Evaluation,
  { shape }: Settings,
): Sighting {
  const kind = verdictOf(evidence, shape, id)?.kind;
  const renews = evidence.guards[id]?.leaseHeld === true;
  const flow = shape.flows.find(({ from, to }) => from === state.active && to === id);
  const lag = evidence.lag[shape.clusters[state.active] ?? ''];
  return {
    at,
    // Another cluster than it was is sealed and fenced like any other.
    answers: renews && (kind === 'up' || kind === 'degraded' || kind === 'reborn-empty'),
    isGone: !renews || kind === 'down',
    isUncounted: isUncounted(id, site, state.active, shape),
    lag: lag?.flow === flow?.id ? lag : undefined,
  };
}

/** The run ended well: which site is active now, and what became of the other one. */
export function onRunCompleted(state: Running, closed: Closed): Next {
  const { at, findings } = closed;
  const settled = steadied(state);
  if (MOVES.includes(state.kind)) return { state: afterMove(state, closed) };
  if (state.kind === 'rescue') return { state: afterRescue(settled, closed) };
  const site = state.returning[state.target];
  if (!site) return { state: settled };
  return { state: having(settled, state.target, siteAfterRun(state.kind, site, at, findings)) };
}

/** It was taken back: the group is where it was, and the next failover waits for the cool-down all the same. */
export function onRunAborted(state: Running, { at }: Closed): Next {
  const settled = steadied(state);
  const site = state.returning[state.target];
  if (state.kind === 'failover') return { state: { ...settled, lastRunEndedAt: at } };
  if (state.kind !== 'quarantine' || !site) return { state: settled };
  return { state: having(settled, state.target, siteAfter('was-not-taken-in', site, { ...site, since: at })) };
}

/** A planned move leaves a site that is fenced and has nothing of its own; a failover leaves one that nobody knows. */
function afterMove(state: Running, { at, findings: { watermark } }: Closed): GroupState {
  const { kind, run, from, target, returning } = state;
  const left = { since: at, leftBy: run, ...(watermark && { watermark }) };
  const record =
    kind === 'failover'
      ? siteAfter('left-by-failover', undefined, left)
      : siteAfter('left-by-plan', undefined, { ...left, stranded: { records: 0, ranges: [] } });
  const arrived = returning[target];
  const moved = arrived ? having(state, target, siteAfter('became-active', arrived, arrived)) : state;
  return { ...having(steadied(moved), from, record), active: target, lastRunEndedAt: at };
}

function siteAfterRun(
  kind: Running['kind'],
  site: ReturningSite,
  since: ReturningSite['since'],
  { stranded, salvaged }: Findings,
): ReturningSite | undefined {
  if (kind === 'salvage') return siteAfter('was-salvaged', site, { ...site, ...(salvaged && { salvaged }) });
  if (kind === 'quarantine') return siteAfter('was-taken-in', site, takenIn(site, since, stranded));
  if (kind !== 'reprotect') return site;
  const { keepsUpSince, ...known } = site;
  return siteAfter('was-reprotected', site, { ...known, since });
}

/**
 * Its Connect may come back later than its Kafka: what was not counted is counted again, and the count of an earlier return
 * does not stand for it.
 */
function takenIn(before: ReturningSite, since: ReturningSite['since'], stranded: Findings['stranded']): ReturningSite {
  const { uncounted = 0, stranded: _earlier, ...site } = before;
  return stranded ? { ...site, since, stranded } : { ...site, since, uncounted: uncounted + 1 };
}

/** Ends a quarantine on a person's word: the site was rebuilt by hand, and its Kafka may be another one than it was. */
export function release(state: GroupState, id: SiteId): GroupState {
  const site = state.returning[id];
  return forget(site ? having(state, id, siteAfter('was-released', site, site)) : state, id);
}

/** With this record of the site, or without any. */
function having(state: GroupState, id: SiteId, site: ReturningSite | undefined): GroupState {
  const { [id]: _before, ...others } = state.returning;
  return { ...state, returning: site ? { ...state.returning, [id]: site } : others };
}
