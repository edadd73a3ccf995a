import { canonicalJson } from '#libs/contracts';
import {
  InvariantViolation,
  messageOf,
  resourceKey,
  SignalboxError,
  type FencedResource,
  type Json,
  type Stamped,
  type StepRecord,
} from '#libs/domain';
import { inSpan, type Clock } from '#libs/runtime';
import type { StepResult } from './step-result.js';

/** Between two tries at a resource that refused, did not answer, or does not show yet what was written. */
const PAUSE_MS = 100;

/** `again`: not over yet; its result stands if no time is left. */
type Round = { readonly over: StepResult } | { readonly again: StepResult; readonly pauseMs: number };

export interface StepOrder {
  readonly step: StepRecord;
  readonly resource: FencedResource<unknown>;
  /** Decoded; undefined for a seal, which keeps what is there, and for an inspection without expectations. */
  readonly desired: unknown;
}

/**
 * One step at its resource, until it is over or `deadline` aborts. Safe to repeat at any point, since values are absolute
 * and every write carries the step's epoch: it never skips a write because the value looks right, never retries against
 * a higher epoch, and believes a write only when it is read back.
 */
export async function performStep(order: StepOrder, clock: Clock, deadline: AbortSignal): Promise<StepResult> {
  const performance = new Performance(order, deadline);
  let result = unknown(`${resourceKey(order.step.resource)} was not reached in time`);
  while (!deadline.aborted) {
    const round = await performance.round();
    if ('over' in round) return round.over;
    result = round.again;
    if (round.pauseMs > 0) await clock.sleep(round.pauseMs, deadline);
  }
  return result;
}

class Performance {
  private readonly name: string;
  private writes = 0;
  /** What the resource shows if our last write arrived, and whether it said so. */
  private written: { readonly value: unknown; readonly isAnswered: boolean } | undefined;

  constructor(
    private readonly order: StepOrder,
    private readonly deadline: AbortSignal,
  ) {
    this.name = resourceKey(order.step.resource);
  }

  async round(): Promise<Round> {
    try {
      switch (this.order.step.action) {
        case 'inspect':
          return await this.verify();
        case 'read':
          return { over: done('read', readBack(await this.order.resource.read(this.deadline))) };
        case 'seal':
        case 'apply':
          return await this.write();
      }
    } catch (error) {
      return this.missed(error);
    }
  }

  private async write(): Promise<Round> {
    const { resource, desired, step } = this.order;
    const look = this.written === undefined ? 'read' : 'read-back';
    const seen = await this.traced(look, () => resource.read(this.deadline));
    if (seen.epoch > step.epoch) return { over: this.refused(seen) };
    if (this.shows(seen)) return step.action === 'seal' ? { over: done('read-back', readBack(seen)) } : this.verify();
    const isMismatch = this.written !== undefined;
    const next = step.action === 'seal' ? seen.value : desired;
    this.written = { value: next, isAnswered: false };
    this.writes += 1;
    const { run, name } = step;
    const outcome = await this.traced('effect', () =>
      resource.write(seen, next, step.epoch, this.deadline, { run, step: name }),
    );
    switch (outcome) {
      case 'written':
        this.written = { value: next, isAnswered: true };
        // The read-back follows at once; only a resource that did not show what it took is given time.
        return isMismatch
          ? { again: this.different(seen), pauseMs: PAUSE_MS }
          : { again: unknown(`${this.name} took a write that was not read back in time`), pauseMs: 0 };
      case 'refused':
        this.written = undefined;
        return { again: this.keptChanging(seen), pauseMs: this.writes === 1 ? 0 : PAUSE_MS };
      case 'unknown':
        return { again: unknown(`${this.name} did not answer a write under epoch ${step.epoch}`), pauseMs: PAUSE_MS };
    }
  }

  private async verify(): Promise<Round> {
    const { resource, desired } = this.order;
    const { check, observed, holds, exception } = await this.traced('verify', () =>
      resource.verify(desired, this.deadline),
    );
    if (holds) return { over: { ...done(check, observed), ...(exception && { exception }) } };
    const problem = `${check} does not show what was wanted of ${this.name}; see what was observed`;
    return { over: { status: 'failed', verifiedBy: { check, observed }, problem } };
  }

  private traced<T>(what: string, work: () => Promise<T>): Promise<T> {
    return inSpan(what, { 'signalbox.resource': this.name }, work);
  }

  private shows(seen: Stamped<unknown>): boolean {
    if (this.written === undefined || seen.epoch !== this.order.step.epoch) return false;
    const { value, isAnswered } = this.written;
    if (canonicalJson(seen.value) === canonicalJson(value)) return true;
    // A value beyond it may have been there before: only with an answer does it tell that the write was done.
    return isAnswered && (this.order.resource.shows?.(seen.value, value) ?? false);
  }

  private missed(error: unknown): Round {
    if (error instanceof InvariantViolation) throw error;
    const problem = `${this.name}: ${messageOf(error)}`;
    const mayPass = this.deadline.aborted || (error instanceof SignalboxError && error.retryable);
    return mayPass ? { again: unknown(problem), pauseMs: PAUSE_MS } : { over: { status: 'failed', problem } };
  }

  private refused({ epoch }: Stamped<unknown>): StepResult {
    const problem = `${this.name} carries epoch ${epoch}, above ${this.order.step.epoch}: a newer run is in charge of it`;
    return { status: 'refused', problem };
  }

  private different(seen: Stamped<unknown>): StepResult {
    const problem = `${this.name} took a write and does not show it; read back: ${shown(seen)}`;
    return { status: 'failed', verifiedBy: { check: 'read-back', observed: readBack(seen) }, problem };
  }

  private keptChanging(seen: Stamped<unknown>): StepResult {
    const problem = `${this.name} was changed by somebody else each time before our write arrived; last seen ${shown(seen)}`;
    return { status: 'failed', verifiedBy: { check: 'read-back', observed: readBack(seen) }, problem };
  }
}

const done = (check: string, observed: Json): StepResult => ({ status: 'done', verifiedBy: { check, observed } });
const unknown = (problem: string): StepResult => ({ status: 'unknown', problem });
const readBack = ({ value, epoch }: Stamped<unknown>): Json => ({ value: value as Json, epoch });
const shown = (seen: Stamped<unknown>): string => `${canonicalJson(seen.value)} under epoch ${seen.epoch}`;
