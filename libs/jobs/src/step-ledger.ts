import { decodeOrThrow, RunWire, StepRecordWire } from '#libs/contracts';
import { invariant, type GroupId, type Instant, type ProcessId, type RunId, type StepRecord } from '#libs/domain';
import { keys, type Condition, type Journal, type Revision } from '#libs/journal';
import { OrderLedger } from './order-ledger.js';
import type { StepResult } from './step-result.js';

/** A step as it stood at one revision; nothing is done with it unless it still stands so. */
export interface JournaledStep {
  readonly key: string;
  readonly record: StepRecord;
  readonly revision: Revision;
  readonly group: GroupId;
  /** Of its run. */
  readonly planHash: string;
}

type RunFacts = Pick<JournaledStep, 'group' | 'planHash'>;

/** More than can be open at a time; a worker that runs for years meets any number of them. */
const RUNS_KEPT = 16;

/** How a step ended, and whether what it set is ordered from now on. */
export interface StepEnd {
  readonly result: StepResult;
  readonly finishedAt: Instant;
  readonly isOrdered: boolean;
}

/** What a worker reads and writes of steps. Every write compares the step and the group's epoch. */
export class StepLedger {
  /** What never changes of the runs seen last. */
  readonly #runs = new Map<RunId, RunFacts>();
  readonly #orders: OrderLedger;

  constructor(private readonly journal: Journal) {
    this.#orders = new OrderLedger(journal);
  }

  /** `readAt` is the journal's revision: everything up to it is in `step`. @throws UnavailableError, MalformedError */
  async load(key: string): Promise<{ readonly readAt: Revision; readonly step?: JournaledStep }> {
    const { revision: readAt, entries } = await this.journal.read(key);
    const [entry] = entries;
    if (!entry) return { readAt };
    const record = decodeOrThrow(StepRecordWire, entry.value, key) as StepRecord;
    return { readAt, step: { key, record, revision: entry.revision, ...(await this.#factsOf(record.run)) } };
  }

  /** Undefined when it is not there to be taken any more. @throws UnavailableError, OutcomeUnknownError */
  async take(step: JournaledStep, takenBy: ProcessId, startedAt: Instant): Promise<JournaledStep | undefined> {
    const { verifiedBy, problem, exception, finishedAt, ...open } = step.record;
    const record: StepRecord = { ...open, status: 'taken', takenBy, startedAt };
    const outcome = await this.journal.commit({
      conditions: [...this.#stillSo(step), ...mayActFor(step)],
      changes: [{ kind: 'put', key: step.key, value: JSON.stringify(record) }],
    });
    return outcome.committed ? { ...step, record, revision: outcome.revision } : undefined;
  }

  /** False when the step has moved on, so that nobody waits for this result. @throws UnavailableError, OutcomeUnknownError */
  async report(step: JournaledStep, { result, finishedAt, isOrdered }: StepEnd): Promise<boolean> {
    const { runsAt, run, name } = step.record;
    const order = isOrdered ? await this.#orders.after(step.record, step.group, result) : undefined;
    const record: StepRecord = { ...step.record, ...result, finishedAt };
    const { committed } = await this.journal.commit({
      conditions: this.#stillSo(step),
      changes: [
        { kind: 'put', key: step.key, value: JSON.stringify(record) },
        { kind: 'delete', key: keys.openStep(runsAt, run, name) },
        ...(order ? [order] : []),
      ],
    });
    return committed;
  }

  #stillSo({ key, revision, group, record }: JournaledStep): readonly Condition[] {
    return [
      { kind: 'unchanged', key, revision },
      { kind: 'equals', key: keys.epoch(group), value: String(record.epoch) },
    ];
  }

  async #factsOf(run: RunId): Promise<RunFacts> {
    const known = this.#runs.get(run);
    if (known) return known;
    const key = keys.run(run);
    const [entry] = (await this.journal.read(key)).entries;
    invariant(entry, `${key} is written before its steps are opened`);
    const { plan, planHash } = decodeOrThrow(RunWire, entry.value, key);
    const facts: RunFacts = { group: plan.group as GroupId, planHash };
    this.#runs.set(run, facts);
    const [oldest] = this.#runs.keys();
    if (oldest !== undefined && this.#runs.size > RUNS_KEPT) this.#runs.delete(oldest);
    return facts;
  }
}

/** On hold nothing is changed; that resources are read is how people find out what to do. */
const mayActFor = ({ group, record }: JournaledStep): readonly Condition[] =>
  record.action === 'read' ? [] : [{ kind: 'absent', key: keys.hold(group) }];
