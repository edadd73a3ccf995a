import { processId, resourceKey, siteId, type FencedResource, type StepRecord, type WriteAccess } from '#libs/domain';
import {
  ResourceLanes,
  STEP_HANDLERS,
  StepWorker,
  type Doorbell,
  type ResolveResource,
  type StepHandlers,
} from '#libs/jobs';
import { InMemoryJournal } from '#libs/journal';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { StepBook } from './step-book.js';
import { TroubledResource } from './troubled-resource.js';
import { UnreliableJournal } from './unreliable-journal.js';
import { VirtualClock } from './virtual-clock.js';

export const POLL_MS = 3_000;
export const GUARD = processId('site-guard@b');

/** The guard of site b with one resource, on virtual time and a journal that can go away; the group's epoch is 7. */
export class WorkerBench {
  readonly clock = new VirtualClock();
  /** What everybody else sees of the journal. */
  readonly truth = new InMemoryJournal(this.clock);
  readonly journal = new UnreliableJournal(this.truth);
  readonly book = new StepBook(this.truth);
  readonly readiness = new ProcessReadiness(new InMemoryLog(), this.clock);
  readonly resource = new TroubledResource<WriteAccess>('inbound');
  readonly resources = new Map<string, FencedResource<unknown>>([['write-access/orders/b', this.resource]]);
  readonly lanes = new ResourceLanes();
  readonly resolve: ResolveResource = (ref) => this.resources.get(resourceKey(ref));
  worker = this.makeWorker();

  static async make(): Promise<WorkerBench> {
    const bench = new WorkerBench();
    await bench.book.epoch(7);
    return bench;
  }

  makeWorker(doorbell?: Doorbell, process = GUARD, handlers: StepHandlers = STEP_HANDLERS): StepWorker {
    const { journal, clock, readiness } = this;
    return new StepWorker(
      { journal, clock, readiness, ...(doorbell && { doorbell }) },
      { site: siteId('b'), worker: 'site-guard', process, pollMs: POLL_MS, handlers },
      this.resolve,
      this.lanes,
    );
  }

  async settledAs(status: StepRecord['status'], name?: string): Promise<void> {
    await this.clock.advanceUntil(async () => (await this.book.status(name)) === status, 60_000, 10);
  }

  /** Ends the worker, as a shutdown does: also one whose resource hangs. */
  async stopWorker(): Promise<void> {
    const stopped = this.worker.stop();
    await this.clock.advance(2_000);
    await stopped;
  }

  async end(): Promise<void> {
    await this.stopWorker();
    await this.truth.close();
  }
}
