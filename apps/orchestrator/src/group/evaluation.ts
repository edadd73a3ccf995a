import { canonicalJson, hashOf } from '#libs/contracts';
import { decide, type Decision, type Effect, type GroupEvent, type Settings } from '#libs/decision';
import {
  epoch,
  runId,
  approvalId,
  type Actor,
  type Instant,
  type Json,
  type Run,
  type SiteId,
  type StepRecord,
} from '#libs/domain';
import type { Clock, Random } from '#libs/runtime';
import { evidenceOf } from './evidence.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** Who this process is, wherever it leads. */
export interface Leader {
  /** Unique to this incarnation: what the leader key holds. */
  readonly name: string;
  readonly actor: Actor;
}

/** Turns a view of the journal into the transaction that records the next decision, or nothing when nothing changed. */
export class Evaluation {
  constructor(
    private readonly settings: Settings,
    private readonly voters: readonly SiteId[],
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  next(view: GroupView, leader: Leader): { decision: Decision; transaction: GroupTransaction } | undefined {
    const event = this.eventFor(view);
    const decision = decide(view.state, event, this.settings);
    if (!isNews(view, decision)) return undefined;
    const transaction = new GroupTransaction(view).asLeader(leader.name).state(decision.state);
    if (decision.effects.length > 0) transaction.whileUnchanged(...view.votes.map(({ entry }) => entry));
    const evidence = {
      ...('evidence' in event && event.evidence),
      vetoes: decision.vetoes,
      owes: decision.effects.map(owedOf),
    } as unknown as Json;
    const newEpoch = this.owe(decision, view, event, hashOf(evidence), transaction);
    transaction.audit({
      at: event.at,
      actor: leader.actor,
      rule: decision.rule,
      before: view.state.phase,
      after: decision.state.phase,
      epoch: newEpoch,
      evidence,
    });
    return { decision, transaction };
  }

  private eventFor(view: GroupView): GroupEvent {
    const at = this.clock.now();
    const evidence = evidenceOf(view, this.voters, this.settings);
    const fresh = { run: runId(this.freshId('run', at)), approval: approvalId(this.freshId('approval', at)) };
    const answer = view.approval?.value;
    if (answer?.phase === 'approved') return { kind: 'approved', at, approval: answer.id, evidence, fresh };
    if (answer?.phase === 'denied') return { kind: 'denied', at, approval: answer.id };
    return { kind: 'evaluated', at, evidence, fresh };
  }

  /** Readable, sortable by time, and usable as part of a journal key and of a job id. */
  private readonly freshId = (kind: string, at: Instant): string =>
    `${kind}-${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${this.random.id().slice(0, 6)}`;

  /** Adds what the decision owes to its transaction; returns the epoch that is in force afterwards. */
  private owe(
    decision: Decision,
    view: GroupView,
    event: GroupEvent,
    evidenceHash: string,
    transaction: GroupTransaction,
  ) {
    let inForce = view.epoch;
    for (const effect of decision.effects) {
      switch (effect.kind) {
        case 'start-run':
          inForce = epoch(view.epoch + 1);
          startRun(effect, { ...runFacts(event.at, evidenceHash), epoch: inForce }, transaction);
          break;
        case 'open-approval':
          transaction.approval({
            id: effect.approval,
            group: view.group,
            kind: effect.plan.kind,
            target: effect.target,
            ...(effect.requestedBy !== undefined && { requestedBy: effect.requestedBy }),
            phase: 'open',
            planHash: hashOf(effect.plan),
            vetoes: effect.vetoes.map(({ name, message }) => ({ name, message })),
            requestedAt: event.at,
            expiresAt: effect.expiresAt,
          });
          break;
        case 'close-approval':
          if (view.approval)
            transaction.approval({ ...view.approval.value, phase: effect.outcome, decidedAt: event.at });
          break;
      }
    }
    return inForce;
  }
}

const runFacts = (startedAt: Instant, evidenceHash: string) => ({ startedAt, evidenceHash });

function startRun(
  { run: id, plan, approval, requestedBy }: Extract<Effect, { kind: 'start-run' }>,
  facts: Pick<Run, 'startedAt' | 'evidenceHash' | 'epoch'>,
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

/** What follows from a decision, as its audit entry names it: which run or approval, and where to. */
function owedOf(effect: Effect): Json {
  switch (effect.kind) {
    case 'start-run': {
      const { kind, from, to } = effect.plan;
      return { does: effect.kind, run: effect.run, kind, from, to };
    }
    case 'open-approval': {
      const { kind, from, to } = effect.plan;
      return { does: effect.kind, approval: effect.approval, kind, from, to, expiresAt: effect.expiresAt };
    }
    case 'close-approval':
      return { does: effect.kind, approval: effect.approval, outcome: effect.outcome };
  }
}

/** A decision that only repeats the last one is not recorded again. */
const isNews = ({ state }: GroupView, { state: next, effects }: Decision): boolean =>
  effects.length > 0 ||
  next.phase !== state.phase ||
  next.rule !== state.rule ||
  next.vetoes.join() !== state.vetoes.join() ||
  canonicalJson(next.returning) !== canonicalJson(state.returning);
