import { ApprovalWire, decode, RunWire } from '#libs/contracts';
import { isReviewOpen, isTerminal, type Approval, type Instant, type Run } from '#libs/domain';
import { keys, type Entry, type Journal, type Snapshot } from '#libs/journal';
import type { Clock } from '#libs/runtime';
import type { Leader } from './evaluation.js';
import { GroupTransaction } from './group-transaction.js';
import type { GroupView } from './group-view.js';

/** What is looked for is months old. */
const LOOK_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Small, so that no commit of a decision waits behind it; etcd takes 128 at most. */
const REMOVED_AT_ONCE = 100;

/** What one transaction removes. A run goes with its steps; one with too many of them loses those first. */
interface Old {
  readonly runs: readonly Entry[];
  readonly steps: readonly Entry[];
  readonly approvals: readonly Entry[];
}

/**
 * Removes runs that ended and approvals that were answered long ago, so that a journal stays as small as it was; the
 * audit chain keeps what was decided, and has a line for each removal.
 */
export class Retention {
  private lookedAtMs: number | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly retentionDays: number,
  ) {}

  /** The next removal, or nothing for now. For a leader that has nothing else to do. @throws UnavailableError */
  async next(view: GroupView, leader: Leader): Promise<GroupTransaction | undefined> {
    const nowMs = this.clock.monotonicMs();
    if (this.lookedAtMs !== undefined && nowMs - this.lookedAtMs < LOOK_EVERY_MS) return undefined;
    const before = (this.clock.now() - this.retentionDays * DAY_MS) as Instant;
    const { runs, steps, approvals } = oldIn(await this.journal.read(keys.runs(), keys.approvals()), view, before);
    const entries = [...runs, ...steps, ...approvals];
    if (entries.length === 0) {
      this.lookedAtMs = nowMs;
      return undefined;
    }
    const counts = { runs: runs.length, steps: steps.length, approvals: approvals.length };
    return new GroupTransaction(view)
      .asLeader(leader.name)
      .remove(...entries)
      .audit({
        at: this.clock.now(),
        actor: leader.actor,
        rule: 'retention',
        before: 'kept',
        after: 'removed',
        epoch: view.epoch,
        evidence: { retentionDays: this.retentionDays, ...counts },
      });
  }
}

function oldIn(snapshot: Snapshot, view: GroupView, before: Instant): Old {
  const stepsOf = (run: Run): readonly Entry[] =>
    snapshot.entries.filter(({ key }) => key.startsWith(keys.runRecords(run.id)) && key !== keys.run(run.id));
  const old: { runs: Entry[]; steps: Entry[]; approvals: Entry[] } = { runs: [], steps: [], approvals: [] };
  let left = REMOVED_AT_ONCE;
  for (const { run, entry } of oldRuns(snapshot, view, before)) {
    const steps = stepsOf(run).slice(0, left);
    const isWhole = steps.length === stepsOf(run).length && left > steps.length;
    old.steps.push(...steps);
    if (isWhole) old.runs.push(entry);
    left -= steps.length + Number(isWhole);
    if (left <= 0) return old;
  }
  old.approvals.push(...oldApprovals(snapshot, view, before).slice(0, left));
  return old;
}

/** What cannot be read is left alone: who knows whose it is. */
function oldRuns(snapshot: Snapshot, { group, state }: GroupView, before: Instant) {
  const isNeeded = (run: Run) => Object.values(state.returning).some(({ leftBy }) => leftBy === run.id);
  const isOld = (run: Run) =>
    run.plan.group === group && isTerminal(run.phase) && (run.finishedAt ?? Infinity) < before && !isNeeded(run);
  return snapshot.entries.flatMap((entry) => {
    const run = isRun(entry) ? decode(RunWire, entry.value, entry.key) : undefined;
    return run?.ok && isOld(run.value as Run) ? [{ run: run.value as Run, entry }] : [];
  });
}

function oldApprovals(snapshot: Snapshot, { group, approval }: GroupView, before: Instant): readonly Entry[] {
  const isOld = (one: Approval) =>
    one.group === group &&
    !isReviewOpen(one) &&
    one.id !== approval?.value.id &&
    Math.max(one.expiresAt, one.decidedAt ?? 0) < before;
  return snapshot.entries.filter((entry) => {
    if (!entry.key.startsWith(keys.approvals())) return false;
    const one = decode(ApprovalWire, entry.value, entry.key);
    return one.ok && isOld(one.value as Approval);
  });
}

const isRun = ({ key }: Entry): boolean => key.startsWith(keys.runs()) && key.endsWith('/run');
