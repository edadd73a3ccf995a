import { hashOf } from '#libs/contracts';
import {
  approvalAfter,
  atRiskMs,
  type Decision,
  type Effect,
  type FreshIds,
  type GroupEvent,
  type Settings,
} from '#libs/decision';
import {
  approvalId,
  epoch,
  instant,
  runId,
  type Actor,
  type Epoch,
  type Instant,
  type Json,
  type Run,
  type StepRecord,
} from '#libs/domain';
import { decidedFrom } from '#libs/journal';
import type { Random } from '#libs/runtime';
import { traceDecision } from './decision-trace.js';
import type { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** Who caused a decision, and what was said about it besides the evidence. */
export interface Cause {
  readonly actor: Actor;
  /** What it was decided by. */
  readonly settings: Settings;
  readonly said?: { readonly [key: string]: Json };
  /** Of the run that starts; without it the one after that in force. */
  readonly epoch?: Epoch;
}

/** Drawn for every decision, used by few. */
export const freshIds = (at: Instant, random: Random): FreshIds => ({
  run: runId(freshId('run', at, random)),
  approval: approvalId(freshId('approval', at, random)),
});

/** Readable, sortable by time, and usable as part of a journal key and of a job id. */
const freshId = (kind: string, at: Instant, random: Random): string =>
  `${kind}-${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${random.id().slice(0, 6)}`;

/**
 * Puts a decision into a transaction: the new state, everything it owes, and the audit entry that says why, and with
 * what it can be decided again. Where it owes something, the very votes it was made on must still be there.
 */
export function recordDecision(
  transaction: GroupTransaction,
  view: GroupView,
  event: GroupEvent,
  decision: Decision,
  { actor, settings, said, epoch: next = epoch(view.epoch + 1) }: Cause,
): void {
  transaction.state(decision.state);
  const traced = traceDecision(view, decision, settings);
  if (traced) transaction.afterwards(() => traced.end());
  if (decision.effects.length > 0) transaction.whileUnchanged(...view.votes.map(({ entry }) => entry));
  const evidence = {
    ...said,
    ...('evidence' in event && event.evidence),
    ...decidedFrom({ state: view.state, event, settings }, decision),
  } as unknown as Json;
  transaction.audit({
    at: event.at,
    actor,
    rule: decision.rule,
    before: view.state.phase,
    after: decision.state.phase,
    epoch: owe(decision, {
      view,
      at: event.at,
      started: {
        evidenceHash: hashOf(evidence),
        epoch: next,
        ...(traced?.traceparent && { traceparent: traced.traceparent }),
      },
      event,
      settings,
      transaction,
    }),
    evidence,
  });
}

/** What a handler of an effect works with. */
interface Owing {
  readonly view: GroupView;
  readonly at: Instant;
  readonly started: Pick<Run, 'evidenceHash' | 'epoch' | 'traceparent'>;
  readonly event: GroupEvent;
  readonly settings: Settings;
  readonly transaction: GroupTransaction;
}

/** One for each kind of effect there is: one more kind does not compile without its handler. */
const HANDLERS: { readonly [K in Effect['kind']]: (effect: Extract<Effect, { kind: K }>, owing: Owing) => void } = {
  'start-run': (effect, { at, started, transaction }) => startRun(effect, { startedAt: at, ...started }, transaction),
  'open-approval': openApproval,
  'use-overrides': ({ vetoes }, { view, transaction }) =>
    void transaction.overrides(view.overrides.filter(({ veto }) => !vetoes.includes(veto))),
  'take-turn': ({ run, turn }, { at, transaction }) => void transaction.takeTurn(run, turn, at),
  'close-approval': ({ outcome, because }, { view: { approval }, at, transaction }) => {
    const after = approval && approvalAfter(outcome === 'expired' ? 'expire' : 'supersede', approval.value);
    const reason = because === undefined ? {} : { reason: because };
    if (after) transaction.approval({ ...approval.value, phase: after.phase, decidedAt: at, ...reason });
  },
};

/** Adds what the decision owes; returns the epoch that is in force afterwards. */
function owe({ effects }: Decision, owing: Owing): Epoch {
  for (const effect of effects) (HANDLERS[effect.kind] as (effect: Effect, owing: Owing) => void)(effect, owing);
  return effects.some(({ kind }) => kind === 'start-run') ? owing.started.epoch : owing.view.epoch;
}

function openApproval(
  effect: Extract<Effect, { kind: 'open-approval' }>,
  { view, at: requestedAt, started, event, settings, transaction }: Owing,
): void {
  const { required = 1, approvers = [], escalateAfterMs = [] } = settings.policy.approval ?? {};
  const { shape } = settings;
  const riskMs = 'evidence' in event ? atRiskMs({ state: view.state, shape, evidence: event.evidence }) : undefined;
  transaction.approval({
    id: effect.approval,
    group: view.group,
    kind: effect.plan.kind,
    target: effect.target,
    ...(effect.requestedBy !== undefined && { requestedBy: effect.requestedBy }),
    phase: 'pending',
    planHash: hashOf(effect.plan),
    evidenceHash: started.evidenceHash,
    epoch: view.epoch,
    required,
    approvers,
    ...(riskMs !== undefined && { atRiskMs: riskMs }),
    vetoes: effect.vetoes.map(({ name, message }) => ({ name, message })),
    requestedAt,
    expiresAt: effect.expiresAt,
    escalatesAt: escalateAfterMs.map((afterMs) => instant(requestedAt + afterMs)),
    answers: [],
  });
}

function startRun(
  { run: id, plan, approval, requestedBy }: Extract<Effect, { kind: 'start-run' }>,
  facts: Pick<Run, 'startedAt' | 'evidenceHash' | 'epoch' | 'traceparent'>,
  transaction: GroupTransaction,
): void {
  transaction.newEpoch(facts.epoch).run({
    id,
    plan,
    planHash: hashOf(plan),
    phase: 'sealing',
    stage: 0,
    exceptions: [],
    ...facts,
    ...(approval && { approval }),
    ...(requestedBy !== undefined && { requestedBy }),
  });
  for (const step of plan.steps) {
    const record: StepRecord = { ...step, run: id, epoch: facts.epoch, status: 'planned', attempt: 0 };
    transaction.step(record);
  }
}
