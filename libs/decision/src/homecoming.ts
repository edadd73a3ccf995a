import { MOVES, type ReturningSite, type SiteId } from '#libs/domain';
import type { Decision, Evaluation, Findings, Settings } from './decision.js';
import type { GroupState } from './group-state.js';
import { moveTo, settledOf, startRun, type Closed } from './moving.js';
import { quarantinePlan } from './plan.js';
import { afterRescue } from './rescue.js';
import { TAKE_IN_FAILED, tend, type Sighting } from './returning.js';
import { frozen, verdictOf } from './vetoes.js';

type Running = Extract<GroupState, { phase: 'running' }>;

/** Looks after the first site on its way back that needs something; undefined when none does. */
export function tendReturning(state: GroupState, event: Evaluation, settings: Settings): Decision | undefined {
  for (const [id, site] of Object.entries(state.returning)) {
    const decision = tendOne(state, id as SiteId, site, event, settings);
    if (decision) return decision;
  }
  return undefined;
}

function tendOne(
  state: GroupState,
  id: SiteId,
  site: ReturningSite,
  event: Evaluation,
  settings: Settings,
): Decision | undefined {
  const { shape, policy } = settings;
  const step = tend(site, sightingOf(state, id, event, settings), policy);
  switch (step) {
    case undefined:
      return undefined;
    case 'protected':
      return { ...quietly(without(state, id)), rule: 'site-protected' };
    case 'take-in':
      if (policy.mode === 'observe' || frozen({ ...event, state, shape, policy, target: id })) return undefined;
      return startRun(state, event, quarantinePlan({ shape, policy, from: state.active, to: id }), 'start-quarantine');
    default:
      return { ...quietly(having(state, id, step.site)), rule: step.site.rule };
  }
}

function sightingOf(state: GroupState, site: SiteId, { at, evidence }: Evaluation, { shape }: Settings): Sighting {
  const kind = verdictOf(evidence, shape, site)?.kind;
  const renews = evidence.guards[site]?.leaseHeld === true;
  const flow = shape.flows.find(({ from, to }) => from === state.active && to === site);
  const lag = evidence.lag[shape.clusters[state.active] ?? ''];
  return {
    at,
    answers: renews && (kind === 'up' || kind === 'degraded'),
    isGone: !renews || kind === 'down',
    lag: lag?.flow === flow?.id ? lag : undefined,
  };
}

/** What a run leaves behind when it is closed: which site is active, and what became of the other one. */
export function onRunClosed(state: Running, closed: Closed): Decision {
  const { at, findings } = closed;
  const settled: GroupState = { ...settledOf(state), phase: 'steady' };
  const site = state.returning[state.target];
  if (findings.outcome === 'aborted') {
    const failed = state.kind === 'quarantine' && site && { ...site, since: at, rule: TAKE_IN_FAILED };
    return moveTo(failed ? having(settled, state.target, failed) : settled, 'run-aborted');
  }
  if (MOVES.includes(state.kind)) {
    const left = leaving(state, at, findings);
    const moved = having(without(settled, state.target), state.from, left);
    return moveTo({ ...moved, active: state.target, lastRunEndedAt: at }, 'run-closed');
  }
  if (state.kind === 'rescue') {
    return moveTo(afterRescue(settled, closed), 'run-closed');
  }
  const next = site && (state.kind === 'quarantine' ? takenIn(site, findings) : catchingUp(site));
  return moveTo(next ? having(settled, state.target, { ...next, since: at }) : settled, 'run-closed');
}

/** A planned move leaves a site that is fenced and has nothing of its own; a failover leaves one that nobody knows. */
function leaving({ kind, run }: Running, since: ReturningSite['since'], { watermark }: Findings): ReturningSite {
  const left = { since, leftBy: run, ...(watermark && { watermark }) };
  if (kind === 'failover') return { ...left, phase: 'lost', rule: 'left-by-failover' };
  return { ...left, phase: 'quarantined', rule: 'left-by-plan', stranded: { records: 0, ranges: [] } };
}

const takenIn = (site: ReturningSite, { stranded }: Findings): ReturningSite => ({
  ...site,
  phase: 'quarantined',
  rule: 'site-quarantined',
  ...(stranded && { stranded }),
});

const catchingUp = ({ keepsUpSince, ...site }: ReturningSite): ReturningSite => ({
  ...site,
  phase: 'catching-up',
  rule: 'reprotected',
});

/** Ends a quarantine on a person's word: the site was rebuilt by hand. */
export const release = (state: GroupState, site: SiteId): Decision => moveTo(without(state, site), 'site-released');

const having = (state: GroupState, id: SiteId, site: ReturningSite): GroupState => ({
  ...state,
  returning: { ...state.returning, [id]: site },
});

function without(state: GroupState, id: SiteId): GroupState {
  const { [id]: _gone, ...returning } = state.returning;
  return { ...state, returning };
}

/** The group's own rule stays: what happened happened to the other site. */
const quietly = (state: GroupState): Decision => moveTo(state, state.rule);
