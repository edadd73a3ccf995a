import { messageOf, SignalboxError } from '#libs/domain';
import { KubernetesForbiddenError, KubernetesMissingError } from '#libs/kubernetes';
import type { Clock } from '#libs/runtime';
import { judge, overdue, type Expectation, type Halt, type Verdict } from './judge.js';
import type { Pod } from './pod.js';
import type { WorkloadAtApi } from './workloads.js';
import type { Workload } from './workload.js';

/** Between two looks: a fiftieth of what it has taken, so that however long it takes, its end is not seen late. */
const LOOK_AGAIN_MIN_MS = 100;
const LOOK_AGAIN_MAX_MS = 1_000;
const LOOKS = 50;

/** How a workload came out. */
export interface Outcome {
  readonly workload: string;
  readonly state: 'settled' | Halt;
  /** Who had it restarted; undefined when nobody did. */
  readonly by?: 'signalbox' | 'reloader' | 'nobody';
  /** Reloader was to restart it, and did not. */
  readonly isMissed: boolean;
  readonly pods: number;
  /** Their controller's name of the template that all of them have. */
  readonly template?: string;
  readonly tookMs: number;
  readonly problem?: string;
}

interface Sight {
  readonly workload: Workload;
  readonly pods: readonly Pod[] | undefined;
  readonly verdict: Verdict;
}

/** Follows one workload to the value that its objects hold, and restarts it where that is ours to do. */
export class Follower {
  readonly #startedMs: number;
  #isMissed = false;
  #why = 'nobody has looked yet';
  #pods: readonly Pod[] | undefined;

  constructor(
    private readonly at: WorkloadAtApi,
    private readonly expected: Expectation,
    private readonly deadlineMs: number,
    private readonly clock: Clock,
  ) {
    this.#startedMs = clock.monotonicMs();
  }

  /** Ends by its deadline; rejects with nothing. Undefined when `superseded` came first. */
  async follow(superseded: AbortSignal): Promise<Outcome | undefined> {
    while (!superseded.aborted) {
      const halt = await this.#step(superseded);
      if (halt) return halt;
      if (this.#waitedMs >= this.deadlineMs) return this.#overdue(superseded);
      const pauseMs = Math.min(Math.max(this.#waitedMs / LOOKS, LOOK_AGAIN_MIN_MS), LOOK_AGAIN_MAX_MS);
      await this.clock.sleep(pauseMs, superseded);
    }
    return undefined;
  }

  async #step(signal: AbortSignal): Promise<Outcome | undefined> {
    try {
      const { workload, verdict, pods } = await this.#look(signal);
      this.#pods = pods ?? this.#pods;
      if (verdict.state === 'settled') return this.#outcome({ ...verdict, ...templateOf(pods ?? []) });
      if (verdict.state !== 'rolling' && verdict.state !== 'restart') return this.#outcome(verdict);
      if (verdict.state === 'restart') await this.#restart(workload, verdict.because, signal);
      else this.#why = verdict.why;
      return undefined;
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #look(signal: AbortSignal): Promise<Sight> {
    const workload = await this.at.read(signal);
    const early = judge(workload, undefined, this.expected, this.#waitedMs);
    const isWorthIt = isCountedDone(workload) || workload.isOnDelete || workload.held > 0;
    if (early.state !== 'rolling' || !isWorthIt) return { workload, pods: undefined, verdict: early };
    const pods = await this.at.pods(workload, signal);
    return { workload, pods, verdict: judge(workload, pods, this.expected, this.#waitedMs) };
  }

  async #restart(workload: Workload, because: 'asked' | 'missed', signal: AbortSignal): Promise<void> {
    const budget = await this.#budget(workload, signal);
    if (budget !== undefined) {
      this.#why = `the PodDisruptionBudget ${budget} allows none of its pods to go: give it room, or let the workload surge`;
      return;
    }
    const { annotation, mark } = this.expected.proof;
    if (!(await this.at.restart(workload, annotation, mark, signal))) return;
    this.#isMissed ||= because === 'missed';
    this.#why = 'its restart was asked for';
  }

  /** Who may not look at budgets goes without: a rollout keeps to its own limits. */
  async #budget(workload: Workload, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.at.budgetInTheWay(workload, signal);
    } catch (error) {
      if (error instanceof KubernetesForbiddenError || error instanceof KubernetesMissingError) return undefined;
      throw error;
    }
  }

  #failed(error: unknown): Outcome | undefined {
    if (!(error instanceof SignalboxError)) throw error;
    this.#why = messageOf(error);
    if (error.retryable || error.code === 'SB_OUTCOME_UNKNOWN') return undefined;
    return this.#outcome({ state: haltOf(error), problem: error.message });
  }

  async #overdue(signal: AbortSignal): Promise<Outcome> {
    if (this.#why.includes('PodDisruptionBudget')) {
      return this.#outcome({ state: 'blocked-by-pdb', problem: `${this.at.name} was not restarted: ${this.#why}` });
    }
    const pods = await this.at
      .read(signal)
      .then((workload) => this.at.pods(workload, signal))
      .catch(() => this.#pods);
    return this.#outcome(overdue(this.expected, this.#why, pods));
  }

  #outcome(part: Pick<Outcome, 'state' | 'by' | 'template' | 'problem'>): Outcome {
    return {
      workload: this.at.name,
      isMissed: this.#isMissed,
      pods: this.#pods?.length ?? 0,
      tookMs: Math.round(this.#waitedMs),
      ...part,
    };
  }

  get #waitedMs(): number {
    return this.clock.monotonicMs() - this.#startedMs;
  }
}

const isCountedDone = ({ wanted, updated, total, available }: Workload): boolean =>
  updated >= wanted && total <= updated && available >= wanted;

const haltOf = (error: SignalboxError): Halt => {
  if (error instanceof KubernetesForbiddenError) return 'forbidden';
  return error instanceof KubernetesMissingError ? 'missing' : 'unreachable';
};

function templateOf(pods: readonly Pod[]): Pick<Outcome, 'template'> {
  const templates = new Set(pods.map(({ template }) => template));
  const [only] = templates;
  return templates.size === 1 && only ? { template: only } : {};
}
