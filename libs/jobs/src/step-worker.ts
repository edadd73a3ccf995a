import {
  messageOf,
  SignalboxError,
  type ProcessId,
  type Ring,
  type SiteId,
  type StepRecord,
  type WorkerKind,
} from '#libs/domain';
import { keys, type Journal, type Membership } from '#libs/journal';
import type { Clock, Metrics, Readiness, Stop } from '#libs/runtime';
import type { Doorbell } from './doorbell.js';
import { OpenSteps } from './open-steps.js';
import { laneOf, ResourceLanes } from './resource-lanes.js';
import { STEP_HANDLERS, unknownHandler, type StepHandlers } from './step-handlers.js';
import { StepAttempt, type ResolveResource } from './step-attempt.js';
import { StepLedger, type JournaledStep } from './step-ledger.js';

interface Notice {
  readonly by: FoundBy;
  readonly opened: number;
  readonly ring?: Ring;
}

export interface StepWorkerPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly readiness: Readiness;
  /** Where there is none, or while it is silent, the journal alone tells what to do. */
  readonly doorbell?: Doorbell;
  /** Whether this process may write to the journal as it is now; it may where nobody is asked. */
  readonly membership?: Pick<Membership, 'mayWrite'>;
  /** Where nobody is to be told how steps end, there is none. */
  readonly metrics?: Metrics;
}

export interface StepWorkerIdentity {
  readonly site: SiteId;
  readonly worker: WorkerKind;
  /** Stable across restarts: a step that an earlier incarnation left `taken` is taken again at once. */
  readonly process: ProcessId;
  /** How often the journal is looked at, whatever the watch and the doorbell say. */
  readonly pollMs: number;
  /** Which steps it performs; those of this version unless said. */
  readonly handlers?: StepHandlers;
}

/** How a step came to be noticed: whoever was first. What is looked for was missed by bell and watch. */
type FoundBy = 'ring' | 'watch' | 'look';

/** How soon a step is looked at again that could not be read or taken: a seal does not wait for the next look at all. */
const LOOK_AGAIN_MS = 250;

interface Attention {
  readonly superseded: AbortController;
  readonly ring?: Ring;
  /** The latest opening that the journal told of; 0 while only a ring did. */
  opened: number;
  /** How new the record was that is being worked on. */
  readAt: number | undefined;
  isCounted: boolean;
}

/**
 * The loop of every worker process: finds its open steps, takes each under the group's epoch, performs it at its resource
 * and reports what was read back. Steps run side by side, one at a time per resource.
 */
export class StepWorker {
  readonly #ledger: StepLedger;
  readonly #attempt: StepAttempt;
  readonly #attended = new Map<string, Attention>();
  readonly #working = new Set<Promise<void>>();
  readonly #found: Record<FoundBy, number> = { ring: 0, watch: 0, look: 0 };
  #stops: readonly Stop[] = [];
  #isStopped = false;

  constructor(
    private readonly ports: StepWorkerPorts,
    private readonly self: StepWorkerIdentity,
    resolve: ResolveResource,
    private readonly lanes = new ResourceLanes(),
  ) {
    this.#ledger = new StepLedger(ports.journal);
    this.#attempt = new StepAttempt(this.#ledger, ports, self.process, resolve);
  }

  start(): void {
    const { journal, clock, readiness, doorbell } = this.ports;
    const { site, pollMs, worker } = this.self;
    const openSteps = new OpenSteps(journal, clock, readiness);
    this.#stops = [
      openSteps.follow(site, pollMs, (stepKey, opened, by) => this.#notice(stepKey, { by, opened })),
      doorbell?.listen(worker, (ring) =>
        this.#notice(keys.step(ring.run, ring.step), { by: 'ring', opened: 0, ring }),
      ) ?? (() => undefined),
    ];
  }

  /** Ends work in progress without reporting it: the next incarnation does it again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const stop of this.#stops) stop();
    for (const { superseded } of this.#attended.values()) superseded.abort();
    await Promise.all(this.#working);
  }

  /** A step may be open. Hearing of the same opening again, however often and by whatever way, changes nothing. */
  #notice(stepKey: string, { by, opened, ring }: Notice): void {
    if (this.#isStopped || !stepKey.startsWith(keys.runs())) return;
    // The next look finds it again.
    if (this.ports.membership?.mayWrite === false) return;
    const current = this.#attended.get(stepKey);
    if (current) {
      current.opened = Math.max(current.opened, opened);
      if (current.readAt !== undefined && opened > current.readAt) current.superseded.abort();
      return;
    }
    const superseded = new AbortController();
    const attention: Attention = { superseded, opened, readAt: undefined, isCounted: false, ...(ring && { ring }) };
    this.#attended.set(stepKey, attention);
    const work = this.#attend(stepKey, attention, by).finally(() => {
      this.#working.delete(work);
      this.#attended.delete(stepKey);
      if (attention.readAt !== undefined && attention.opened > attention.readAt) {
        this.#notice(stepKey, { by: 'watch', opened: attention.opened });
      }
    });
    this.#working.add(work);
  }

  async #attend(stepKey: string, attention: Attention, by: FoundBy): Promise<void> {
    const { signal } = attention.superseded;
    while (!(await this.#isAttendedTo(stepKey, attention, by)) && !signal.aborted)
      await this.ports.clock.sleep(LOOK_AGAIN_MS, signal);
  }

  /** False when the journal did not answer, or not whether the step was taken. */
  async #isAttendedTo(stepKey: string, attention: Attention, by: FoundBy): Promise<boolean> {
    try {
      const step = await this.#loadWhenFree(stepKey, attention);
      if (!step) return true;
      if (!attention.isCounted) this.#count(by);
      attention.isCounted = true;
      const { epoch, resource, action } = step.record;
      const lane = laneOf(resource, action === 'inspect' || action === 'read' ? 'inspect' : 'change');
      await this.lanes.take(lane, epoch, attention.superseded, () =>
        this.#attempt.run(step, attention.superseded.signal),
      );
      this.ports.readiness.ready('steps');
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      // The journal's absence shows where it is looked at.
      if (error.retryable || error.code === 'SB_OUTCOME_UNKNOWN') return false;
      this.ports.readiness.missing('steps', `A step cannot be worked on: ${messageOf(error)}`);
    }
    return true;
  }

  #count(by: FoundBy): void {
    this.#found[by] += 1;
    const { ring, watch, look } = this.#found;
    this.ports.readiness.show('steps found', { byRing: ring, byWatch: watch, byLooking: look });
  }

  /** Waits out another worker's deadline when it holds the step: it may have died. */
  async #loadWhenFree(stepKey: string, attention: Attention): Promise<JournaledStep | undefined> {
    const step = await this.#loadKnown(stepKey, attention);
    if (!step || isOpenTo(this.self.process, step.record)) return step;
    await this.ports.clock.sleep(step.record.deadlineMs, attention.superseded.signal);
    const later = await this.#load(stepKey, attention);
    return later?.revision === step.revision ? later : undefined;
  }

  /** Leaves a step of a newer version to another process of its kind, and says so for as long as it waits. */
  async #loadKnown(stepKey: string, attention: Attention): Promise<JournaledStep | undefined> {
    const { clock, readiness } = this.ports;
    const { handlers = STEP_HANDLERS, worker, site, pollMs } = this.self;
    for (let wasLeft = false; ; wasLeft = true) {
      const step = await this.#load(stepKey, attention);
      const problem = step && unknownHandler(step.record, handlers);
      if (problem === undefined) {
        if (wasLeft) readiness.ready('step handlers');
        return step;
      }
      const remedy = `a newer ${worker} at ${site} has to do it: start that version here`;
      readiness.missing('step handlers', `Step ${problem}: ${remedy}`);
      await clock.sleep(pollMs, attention.superseded.signal);
    }
  }

  /** Undefined when it is not this worker's, or needs nobody any more. */
  async #load(stepKey: string, attention: Attention): Promise<JournaledStep | undefined> {
    if (attention.superseded.signal.aborted) return undefined;
    const { readAt, step } = await this.#ledger.load(stepKey);
    attention.readAt = readAt;
    if (!step || isRungFalsely(attention, step)) return undefined;
    const { worker, runsAt, status } = step.record;
    const isOurs = worker === this.self.worker && runsAt === this.self.site;
    return isOurs && (status === 'open' || status === 'taken') ? step : undefined;
  }
}

/** A ring comes through Redis, where anybody may have written: it is heard only for what the journal holds now. */
const isRungFalsely = ({ ring, opened }: Attention, { record, planHash }: JournaledStep): boolean =>
  ring !== undefined &&
  opened === 0 &&
  (ring.epoch !== record.epoch || ring.attempt !== record.attempt || ring.planHash !== planHash);

const isOpenTo = (process: ProcessId, { status, takenBy }: StepRecord): boolean =>
  status === 'open' || takenBy === process;
