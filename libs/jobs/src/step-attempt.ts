import { decodeDesired } from '#libs/contracts';
import {
  resourceKey,
  SignalboxError,
  type FencedResource,
  type ProcessId,
  type ResourceRef,
  type StepRecord,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { performStep, type StepOrder } from './perform-step.js';
import type { JournaledStep, StepLedger } from './step-ledger.js';
import type { StepResult } from './step-result.js';

/** The resource a step names, or undefined when this process has none of that name. */
export type ResolveResource = (ref: ResourceRef) => FencedResource<unknown> | undefined;

/** For a resource that goes on after its deadline, against the rules of its port. */
const GRACE_MS = 1_000;
/** A result that could not be reported for this long is dropped: the step is still `taken`, and will be done again. */
const REPORT_FOR_MS = 60_000;
const REPORT_AGAIN_MS = 250;

/** Takes, performs and reports one step. A crash at any point leaves it `taken`, to be done again under its epoch. */
export class StepAttempt {
  constructor(
    private readonly ledger: StepLedger,
    private readonly clock: Clock,
    private readonly process: ProcessId,
    private readonly resolve: ResolveResource,
  ) {}

  /** Once `superseded` aborts nothing is reported. @throws UnavailableError, OutcomeUnknownError when it was not taken. */
  async run(step: JournaledStep, superseded: AbortSignal): Promise<void> {
    if (superseded.aborted) return;
    const taken = await this.ledger.take(step, this.process, this.clock.now());
    if (!taken) return;
    const result = await this.perform(taken.record, superseded);
    await this.report(taken, result, superseded);
  }

  private async perform(step: StepRecord, superseded: AbortSignal): Promise<StepResult> {
    const order = this.orderOf(step);
    if ('status' in order) return order;
    const finished = new AbortController();
    const deadline = new AbortController();
    void this.clock.sleep(step.deadlineMs, finished.signal).then(() => deadline.abort());
    const limit = AbortSignal.any([deadline.signal, superseded]);
    const overran: StepResult = { status: 'unknown', problem: `${resourceKey(step.resource)} did not end in time` };
    try {
      const giveUp = aborted(limit).then(() => this.clock.sleep(GRACE_MS, finished.signal));
      return await Promise.race([performStep(order, this.clock, limit), giveUp.then(() => overran)]);
    } finally {
      finished.abort();
    }
  }

  private orderOf(step: StepRecord): StepOrder | StepResult {
    const name = resourceKey(step.resource);
    const resource = this.resolve(step.resource);
    if (!resource) {
      const advice = 'check that every site runs the same signalbox.yaml';
      return { status: 'failed', problem: `${this.process} knows no ${name}: ${advice}` };
    }
    const isExpected = step.action === 'apply' || (step.action === 'inspect' && step.desired !== undefined);
    if (!isExpected) return { step, resource, desired: undefined };
    const desired = decodeDesired(step.resource.kind, step.desired, step.name);
    return desired.ok
      ? { step, resource, desired: desired.value }
      : { status: 'failed', problem: desired.problem.message };
  }

  private async report(taken: JournaledStep, result: StepResult, superseded: AbortSignal): Promise<void> {
    const finishedAt = this.clock.now();
    const sinceMs = this.clock.monotonicMs();
    while (!superseded.aborted && this.clock.monotonicMs() - sinceMs < REPORT_FOR_MS) {
      try {
        // Not accepted means that the step has moved on: under a new epoch, or settled without us.
        await this.ledger.report(taken, result, finishedAt);
        return;
      } catch (error) {
        // A report whose outcome is unknown can be repeated: if it arrived, the step has moved on.
        if (!(error instanceof SignalboxError)) throw error;
      }
      await this.clock.sleep(REPORT_AGAIN_MS, superseded);
    }
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
