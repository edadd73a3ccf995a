import { hashOf, type ExplainAnswer, type PlanAnswer, type RequestKind } from '#libs/contracts';
import { answerTo, planFor, situationOf, vetoesOf, type GroupState, type Veto } from '#libs/decision';
import type { AuditEntry, Instant, SiteId } from '#libs/domain';
import { evidenceOf } from '../group/evidence.js';
import type { KnownGroup } from '../group/group-directory.js';
import type { GroupView } from '../group/group-view.js';

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

/** Why the group is where it is, and what would have to change for it to move. Pure. */
export function explain(asked: Asked, decisions: readonly AuditEntry[]): Omit<ExplainAnswer, 'recorded'> {
  const now = situation(asked);
  const { group, view } = asked;
  const verdict = now.evidence.verdicts.find(({ cluster }) => cluster === now.shape.clusters[view.state.active]);
  if (!verdict) throw new Error(`No verdict on the active cluster of ${group.id}`);
  const vetoes = vetoesOf(now);
  const toChange = [
    ...(verdict.kind === 'down' ? [] : [`${verdict.cluster} would have to be down; it is ${verdict.kind}`]),
    ...(verdict.kind === 'down' && verdict.failedForMs < (verdict.dwellMs ?? 0)
      ? [`the dwell would have to pass: ${Math.round(verdict.failedForMs)} of ${verdict.dwellMs} ms so far`]
      : []),
    ...vetoes.map(
      ({ message, overridable }) => `${message}${overridable ? ' (a person may approve all the same)' : ''}`,
    ),
    ...(now.policy.mode === 'automatic' ? [] : [`mode is ${now.policy.mode}: it does not act by itself`]),
  ];
  return { group: group.id, phase: view.state.phase, verdict, rule: view.state.rule, vetoes, toChange, decisions };
}

/** The plan only, with no effects, and everything in its way; without a plan where none can be made. Pure. */
export function dryRun(asked: Asked, kind: RequestKind, to?: SiteId): DryRun {
  const { group, view, voters, at } = asked;
  const evidence = evidenceOf(view, voters, group.settings);
  const facts = { ...group.settings, state: view.state, evidence, at };
  const { target, vetoes } = answerTo({ kind, ...(to && { to }) }, facts);
  if (target === undefined || !canBePlanned(kind, target, view.state)) return { target, vetoes };
  const plan = planFor(kind, facts, target);
  return { target, vetoes, planned: { plan, planHash: hashOf(plan) } };
}

export interface DryRun {
  readonly target: SiteId | undefined;
  readonly vetoes: readonly Veto[];
  readonly planned?: Pick<PlanAnswer, 'plan' | 'planHash'>;
}

/** A veto does not keep a plan from being looked at; that there is nowhere to go, or nowhere to begin, does. */
const canBePlanned = (kind: RequestKind, target: SiteId, { active, returning }: GroupState): boolean =>
  target !== active && (kind !== 'reprotect' || returning[target]?.watermark !== undefined);
