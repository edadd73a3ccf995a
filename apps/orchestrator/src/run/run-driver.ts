import { advance, attestationOf, compensate, decide, resume, type Move, type Settings } from '#libs/decision';
import { epoch, type Json, type Run, type SiteId, type StepRecord } from '#libs/domain';
import { decidedFrom } from '#libs/journal';
import { beginSpan, type Clock } from '#libs/runtime';
import type { Leader } from '../group/evaluation.js';
import { GroupTransaction } from '../group/group-transaction.js';
import type { GroupMetrics } from '../group/group-metrics.js';
import type { GroupView, Held } from '../group/group-view.js';
import type { SelfFenceWatch } from '../group/self-fence-watch.js';
import { putOnHold } from '../group/behind.js';
import { findingsOf } from './findings.js';

/** A view with a run under way. */
export type RunningView = GroupView & { readonly run: Held<Run> };

export const hasRun = (view: GroupView): view is RunningView => view.run !== undefined;

/**
 * What the leader commits next for the run in the view: each move of the pure plan interpreter as one transaction.
 * It journals and nothing else; workers act.
 */
export class RunDriver {
  /**
   * When this leader opened a step, on its monotonic clock: deadlines are never taken from the journal's wall clock. By the
   * step's name, of which a topology has only so many; the latest opening replaces earlier ones, of whatever run.
   */
  private readonly openings = new Map<string, { readonly attempt: string; readonly atMs: number }>();

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly selfFences: SelfFenceWatch,
    private readonly metrics?: GroupMetrics,
  ) {}

  /** Undefined when there is nothing to do but to wait. */
  next(view: RunningView, leader: Leader): GroupTransaction | undefined {
    const move = advance(view.run.value, recordsOf(view), {
      openForMs: (step) => this.openForMs(step),
      waitedOut: (site) => this.selfFences.waitedOut(site, view),
      attested: (site) => this.attested(site, view),
      frozen: view.freeze !== undefined && view.freeze.until > this.clock.now(),
    });
    switch (move.kind) {
      case 'wait':
        return undefined;
      case 'hold':
        return putOnHold(view, leader, move.reason, this.clock.now());
      case 'open-steps':
        return this.open(view, leader, move.steps);
      case 'settle-step':
        return this.settle(view, leader, move);
      case 'next-stage':
      case 'needs-human':
        return this.stageDone(view, leader, move);
      case 'compensate':
        return takeBack(view, new GroupTransaction(view).asLeader(leader.name), {
          by: 'run-failed',
          reason: move.reason,
          at: this.clock.now(),
          actor: leader.actor,
        });
      case 'close':
        return this.close(view, leader, move.run);
    }
  }

  /** Takes over a run that another leader left: a new epoch first, then the same plan, sealed again. */
  takeOver(view: RunningView, transaction: GroupTransaction, leader: Leader): GroupTransaction {
    const inForce = epoch(view.epoch + 1);
    const resumed = resume(view.run.value, recordsOf(view), inForce);
    transaction.newEpoch(inForce).run(resumed.run).whileUnchanged(view.run.entry);
    for (const [index, record] of resumed.records.entries()) {
      const held = view.steps[index];
      if (held && held.value !== record) transaction.whileUnchanged(held.entry).closeStep(record);
    }
    return transaction.audit({
      at: this.clock.now(),
      actor: leader.actor,
      rule: resumed.rule,
      before: view.run.value.phase,
      after: resumed.run.phase,
      epoch: inForce,
      evidence: { run: view.run.value.id, previousLeader: view.leader?.value ?? null },
    });
  }

  /** A word counts until somebody's eyes speak against it: it stands for minutes, and the site may be back by then. */
  private attested(site: SiteId, view: GroupView): Json | undefined {
    const cluster = this.settings.shape.clusters[site];
    const about = view.votes.filter(({ value }) => value.cluster === cluster);
    if (about.some(({ value: { opinion } }) => opinion === 'up' || opinion === 'degraded')) return undefined;
    const attestation = attestationOf(view, site, this.clock.now());
    return attestation && { by: attestation.by, reason: attestation.reason };
  }

  private openForMs(step: StepRecord): number | undefined {
    const opening = this.openings.get(step.name);
    return opening?.attempt === attemptKey(step) ? this.clock.monotonicMs() - opening.atMs : undefined;
  }

  private open(view: RunningView, leader: Leader, steps: readonly StepRecord[]): GroupTransaction {
    const transaction = this.begin(view, leader);
    const { traceparent } = view.run.value;
    for (const step of steps) {
      const { verifiedBy, takenBy, problem, finishedAt, ...rest } = step;
      const beginning = { status: 'open', attempt: step.attempt + 1, startedAt: this.clock.now() } as const;
      const opened: StepRecord = { ...rest, ...beginning, ...(traceparent && { traceparent }) };
      this.openings.set(step.name, { attempt: attemptKey(opened), atMs: this.clock.monotonicMs() });
      transaction.whileUnchanged(...entriesOf(view, step)).openStep(opened);
    }
    return transaction;
  }

  private settle(view: RunningView, leader: Leader, move: Extract<Move, { kind: 'settle-step' }>): GroupTransaction {
    const { step, status, check, observed } = move;
    const transaction = this.begin(view, leader).whileUnchanged(...entriesOf(view, step));
    // A guard that renews after this commit reads, in the same breath, that its site is fenced.
    const guard = step.waitOut && view.guards[step.waitOut]?.entry;
    if (guard) transaction.whileUnchanged(guard);
    const problem =
      status === 'done'
        ? undefined
        : `nobody at ${step.runsAt} ${step.status === 'open' ? 'took it' : 'reported'} in time`;
    return transaction.closeStep({
      ...step,
      status,
      finishedAt: this.clock.now(),
      verifiedBy: { check, observed },
      ...(problem && { problem }),
    });
  }

  private stageDone(view: RunningView, leader: Leader, { run, rule }: { run: Run; rule: string }): GroupTransaction {
    const before = `${view.run.value.phase}/${view.run.value.stage}`;
    const transaction = this.begin(view, leader);
    if (run.phase === 'needs-human') transaction.endTurn(run.id);
    return transaction.run(run).audit({
      at: this.clock.now(),
      actor: leader.actor,
      rule,
      before,
      after: `${run.phase}/${run.stage}`,
      epoch: view.epoch,
      evidence: { run: run.id, steps: stageOf(view), ...(run.problem && { problem: run.problem }) },
    });
  }

  private close(view: RunningView, leader: Leader, run: Run): GroupTransaction {
    const at = this.clock.now();
    const { state } = view;
    const { settings } = this;
    const event = { kind: 'run-closed', at, run: run.id, findings: findingsOf(run, recordsOf(view)) } as const;
    const decision = decide(state, event, settings);
    const { phase, exceptions } = run;
    return this.begin(view, leader)
      .afterwards(() => {
        this.metrics?.closed(run, at);
        traceRun(run);
      })
      .run({ ...run, finishedAt: at })
      .endTurn(run.id)
      .state(decision.state)
      .audit({
        at,
        actor: leader.actor,
        rule: decision.rule,
        before: state.phase,
        after: decision.state.phase,
        epoch: view.epoch,
        evidence: {
          run: run.id,
          phase,
          exceptions: [...exceptions],
          steps: stageOf(view),
          ...decidedFrom({ state, event, settings }, decision),
        },
      });
  }

  private begin(view: RunningView, leader: Leader): GroupTransaction {
    return new GroupTransaction(view).asLeader(leader.name).whileUnchanged(view.run.entry);
  }
}

/** The run as a whole, told when it is over. */
function traceRun({ id, plan, phase, startedAt, traceparent }: Run): void {
  if (traceparent === undefined) return;
  const of = { 'signalbox.run': id, 'signalbox.group': plan.group, 'signalbox.run.kind': plan.kind };
  beginSpan('run', { after: traceparent, startedAtMs: startedAt }, of).end({ 'signalbox.phase': phase });
}

export const recordsOf = ({ steps }: GroupView): readonly StepRecord[] => steps.map(({ value }) => value);

/** Who takes a run back, and why. */
export interface TakenBack {
  readonly by: string;
  readonly reason: string;
  readonly at: Run['startedAt'];
  readonly actor: Leader['actor'];
}

/** Adds the start of a compensation to a transaction: a new epoch, what has to be undone, and the end of what was open. */
export function takeBack(view: RunningView, transaction: GroupTransaction, why: TakenBack): GroupTransaction {
  const inForce = epoch(view.epoch + 1);
  const { by, reason, at, actor } = why;
  const { run, rule, planned, ended } = compensate(view.run.value, recordsOf(view), inForce, { by, reason });
  transaction
    .newEpoch(inForce)
    .run(run)
    .whileUnchanged(view.run.entry, ...view.steps.map(({ entry }) => entry));
  for (const record of ended) transaction.closeStep(record);
  for (const record of planned) transaction.step(record);
  return transaction.audit({
    at,
    actor,
    rule,
    before: `${view.run.value.phase}/${view.run.value.stage}`,
    after: `${run.phase}/${run.stage}`,
    epoch: inForce,
    evidence: { run: run.id, by, reason, undone: planned.map(({ name }) => name) },
  });
}

const attemptKey = ({ run, name, epoch: under, attempt }: StepRecord): string => `${run}/${name}/${under}/${attempt}`;

const entriesOf = (view: GroupView, step: StepRecord) =>
  view.steps.filter(({ value }) => value.name === step.name).map(({ entry }) => entry);

/** What the steps of the stage in progress came to, as the audit keeps it. */
const stageOf = ({ run, steps }: RunningView): Json =>
  steps
    .filter(({ value }) => value.stage === run.value.stage)
    .map(({ value }) => ({
      name: value.name,
      site: value.runsAt,
      status: value.status,
      verifiedBy: value.verifiedBy ?? null,
      problem: value.problem ?? null,
    }));
