import { hashOf, type ExplainAnswer, type PlanAnswer, type RequestKind, type VoteView } from '#libs/contracts';
import {
  answerTo,
  planFor,
  situationOf,
  vetoesOf,
  type Evidence,
  type GroupState,
  type Phase,
  type Situation,
  type Veto,
} from '#libs/decision';
import type { AuditEntry, Instant, SalvageAs, SiteId, Verdict, Vote } from '#libs/domain';
import { evidenceOf } from '../group/evidence.js';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupView, Held } from '../group/group-view.js';
import { outlookOf } from './outlook.js';
import type { Prospect } from './prospect.js';
import { liftsIn } from './status.js';
import { timelineOf } from './timeline.js';

export interface Asked {
  readonly group: KnownGroup;
  readonly view: GroupView;
  readonly voters: readonly SiteId[];
  readonly at: Instant;
}

function situation({ group, view, voters, at }: Asked) {
  const evidence = evidenceOf(view, voters, group.settings);
  return situationOf(view.state, { at, evidence }, group.settings);
}

/** What is known of a group besides one journal revision. */
export interface Known {
  /** The latest entries of its audit chain, in order. */
  readonly entries: readonly AuditEntry[];
  readonly ageMs?: (vote: Held<Vote>) => number | undefined;
}

/** Why the group is where it is, what would have to change for it to move, and what to type now. Pure. */
export function explain(asked: Asked, { entries, ageMs }: Known): Omit<ExplainAnswer, 'recorded'> {
  const now = situation(asked);
  const { group, view, at } = asked;
  const verdict = now.evidence.verdicts.find(({ cluster }) => cluster === now.shape.clusters[view.state.active]);
  if (!verdict) throw new Error(`No verdict on the active cluster of ${group.id}`);
  const vetoes = vetoesOf(now);
  const { waitsFor, next } = outlookOf(prospectOf(asked, now.evidence));
  return {
    group: group.id,
    phase: view.state.phase,
    verdict,
    votes: view.votes.filter(({ value }) => value.cluster === verdict.cluster).map(voteView(ageMs)),
    rule: view.state.rule,
    vetoes,
    toChange: [...waitsFor, ...(movesByItself(view) ? byItself(now, verdict, vetoes) : [])],
    next,
    ...liftsIn(view, at),
    timeline: timelineOf(entries),
    decisions: entries.toReversed(),
  };
}

const voteView =
  (ageOf: Known['ageMs']) =>
  (vote: Held<Vote>): VoteView => {
    const { site, process, opinion, reason, failedForMs, healthyForMs } = vote.value;
    const ageMs = ageOf?.(vote);
    return { site, process, opinion, reason, failedForMs, healthyForMs, ...(ageMs !== undefined && { ageMs }) };
  };

/** Where the rules may still move the group without anybody asking. */
const MOVED_BY_ITSELF: readonly Phase[] = ['steady', 'suspecting'];

const movesByItself = ({ state, hold }: GroupView): boolean =>
  hold === undefined && MOVED_BY_ITSELF.includes(state.phase);

/** What keeps the rules from moving the group, in words. */
const byItself = ({ policy }: Situation, verdict: Verdict, vetoes: readonly Veto[]): readonly string[] => [
  ...(verdict.kind === 'down' ? [] : [`${verdict.cluster} would have to be down; it is ${verdict.kind}`]),
  ...(verdict.kind === 'down' && verdict.failedForMs < (verdict.dwellMs ?? 0)
    ? [`the dwell would have to pass: ${Math.round(verdict.failedForMs)} of ${verdict.dwellMs} ms so far`]
    : []),
  ...vetoes.map(({ message, overridable }) => `${message}${overridable ? ' (a person may approve all the same)' : ''}`),
  ...(policy.mode === 'automatic' ? [] : [`mode is ${policy.mode}: it does not act by itself`]),
];

export function prospectOf({ group, view, at }: Asked, evidence: Evidence): Prospect {
  const { state, approval, run, steps, hold } = view;
  return {
    at,
    state,
    evidence,
    settings: group.settings,
    ...(hold !== undefined && { hold }),
    ...(approval && { approval: approval.value }),
    ...(run && { run: run.value }),
    steps: steps.map(({ value }) => value),
  };
}

/** The plan only, with no effects, and everything in its way; without a plan where none can be made. Pure. */
export function dryRun(asked: Asked, kind: RequestKind, to?: SiteId, as?: SalvageAs): DryRun {
  const wanted = { kind, ...(as && { as }) };
  const { group, view, voters, at } = asked;
  const evidence = evidenceOf(view, voters, group.settings);
  const facts = { ...group.settings, state: view.state, evidence, at };
  const { target, vetoes } = answerTo({ ...wanted, ...(to && { to }) }, facts);
  if (target === undefined || !canBePlanned(kind, target, view.state)) return { target, vetoes };
  const plan = planFor(wanted, facts, target);
  return { target, vetoes, planned: { plan, planHash: hashOf(plan) } };
}

export interface DryRun {
  readonly target: SiteId | undefined;
  readonly vetoes: readonly Veto[];
  readonly planned?: Pick<PlanAnswer, 'plan' | 'planHash'>;
}

/** A veto does not keep a plan from being looked at; that there is nowhere to go, or nowhere to begin, does. */
const canBePlanned = (kind: RequestKind, target: SiteId, { active, returning }: GroupState): boolean =>
  target !== active && (!OF_RETURNED.includes(kind) || returning[target]?.watermark !== undefined);

/** What begins with what was left in a site. */
const OF_RETURNED: readonly RequestKind[] = ['reprotect', 'salvage'];
