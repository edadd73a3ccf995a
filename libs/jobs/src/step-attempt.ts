import { decodeDesired } from '#libs/contracts';
import {
  resourceKey,
  SignalboxError,
  type FencedResource,
  type ProcessId,
  type ResourceRef,
  type StepRecord,
} from '#libs/domain';
import { continueTrace, inSpan, type Clock, type Metrics } from '#libs/runtime';
import { performStep, type StepOrder } from './perform-step.js';
import { isOrdered } from './order-ledger.js';
import type { JournaledStep, StepLedger } from './step-ledger.js';
import type { StepResult } from './step-result.js';
import { within } from './time-limit.js';

/** The resource a step names, or undefined when this process has none of that name. */
export type ResolveResource = (ref: ResourceRef) => FencedResource<unknown> | undefined;

/** A result that could not be reported for this long is dropped: the step is still `taken`, and will be done again. */
const REPORT_FOR_MS = 60_000;
const REPORT_AGAIN_MS = 250;

/** Takes, performs and reports one step. A crash at any point leaves it `taken`, to be done again under its epoch. */
export class StepAttempt {
  constructor(
    private readonly ledger: StepLedger,
    private readonly ports: { readonly clock: Clock; readonly metrics?: Metrics },
    private readonly process: ProcessId,
    private readonly resolve: ResolveResource,
  ) {}

  /** Once `superseded` aborts nothing is reported. @throws UnavailableError, OutcomeUnknownError when it was not taken. */
  async run(step: JournaledStep, superseded: AbortSignal): Promise<void> {
    if (superseded.aborted) return;
    const { clock } = this.ports;
    const taken = await this.ledger.take(step, this.process, clock.now());
    if (!taken) return;
    const startedMs = clock.monotonicMs();
    const result = await continueTrace(taken.record.traceparent, () =>
      inSpan(`step.${taken.record.action}`, attributesOf(taken.record), () => this.perform(taken.record, superseded)),
    );
    this.count(taken.record, result, clock.monotonicMs() - startedMs);
    await this.report(taken, result, superseded);
  }

  private async perform(step: StepRecord, superseded: AbortSignal): Promise<StepResult> {
    const order = this.orderOf(step);
    if ('status' in order) return order;
    const result = await within(this.ports.clock, step.deadlineMs, superseded, (limit) =>
      performStep(order, this.ports.clock, limit),
    );
    return result ?? { status: 'unknown', problem: `${resourceKey(step.resource)} did not end in time` };
  }

  private count({ action }: StepRecord, { status: outcome }: StepResult, durationMs: number): void {
    this.ports.metrics?.count('signalbox.steps', { action, outcome });
    this.ports.metrics?.observe('signalbox.step.duration', { action, outcome }, durationMs / 1_000);
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
    const resource = this.resolve(taken.record.resource);
    const end = {
      result,
      finishedAt: this.ports.clock.now(),
      isOrdered: resource !== undefined && isOrdered(resource),
    };
    const sinceMs = this.ports.clock.monotonicMs();
    while (!superseded.aborted && this.ports.clock.monotonicMs() - sinceMs < REPORT_FOR_MS) {
      try {
        // Not accepted means that the step has moved on: under a new epoch, or settled without us.
        await this.ledger.report(taken, end);
        return;
      } catch (error) {
        // A report whose outcome is unknown can be repeated: if it arrived, the step has moved on.
        if (!(error instanceof SignalboxError)) throw error;
      }
      await this.ports.clock.sleep(REPORT_AGAIN_MS, superseded);
    }
  }
}

const attributesOf = ({ run, name, epoch, resource }: StepRecord) => ({
  'signalbox.run': run,
  'signalbox.step': name,
  'signalbox.epoch': epoch,
  'signalbox.resource': resourceKey(resource),
});
