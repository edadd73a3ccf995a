import { SignalboxError } from '#libs/domain';
import type { Clock, Log, Readiness, Stop } from '#libs/runtime';
import type { ConnectClient } from './connect-client.js';
import type { ConnectorStatus } from './connector-status.js';
import { ConnectorMissingError } from './errors.js';

const EVERY_MS = 5_000;
/** Between two restarts of the same connector: doubled each time up to the longest. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Well for this long, it has recovered, and its next failure is a first one. */
const RECOVERED_AFTER_MS = 60_000;
/** Longer than a source takes from its start to its tasks; many times its first look at the cluster. */
const IDLE_AFTER_MS = 30_000;

/** A flow whose connectors are tended where they run. */
export interface TendedFlow {
  readonly flow: string;
  readonly connect: ConnectClient;
  readonly connectors: readonly string[];
  /** Which of them copies the records, and so has tasks whenever it runs. */
  readonly source: string;
  /** False where nothing may be touched, as in mode observe: then it is only said. */
  readonly mayRestart: boolean;
}

export interface TaskRestartPorts {
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly log: Log;
}

interface Illness {
  readonly sinceMs: number;
  restarts: number;
  restartedAtMs: number;
  wellSinceMs: number | undefined;
}

/** What is wrong with a connector, for how long it may be so, and what of it is to be started again. */
interface Ailment {
  readonly words: string;
  readonly patienceMs: number;
  readonly restart: 'failed' | 'all';
}

/**
 * Connect never starts a failed task again by itself, and goes on calling its connector RUNNING: one record that a fence
 * refused would end a replication for good. Nor does a source come to tasks when its first look at the cluster timed
 * out. What failed is started again here, ever more slowly; whether the flow should run at all is not decided by this,
 * since what is stopped neither fails nor runs.
 */
export class TaskRestarts {
  private readonly ill = new Map<string, Illness>();
  private stops: readonly Stop[] = [];

  constructor(
    private readonly flows: readonly TendedFlow[],
    private readonly ports: TaskRestartPorts,
    private readonly timeoutMs: number,
  ) {}

  start(): void {
    this.stops = this.flows.map((flow) => this.ports.clock.every(EVERY_MS, () => this.tend(flow)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** One look. */
  async tend(tended: TendedFlow): Promise<void> {
    const component = `tasks of ${tended.flow}`;
    try {
      const problems = await Promise.all(tended.connectors.map((connector) => this.look(tended, connector)));
      const found = problems.filter((problem) => problem !== undefined);
      if (found.length === 0) this.ports.readiness.ready(component);
      else this.ports.readiness.missing(component, found.join('; '));
    } catch (error) {
      // That Connect is missing is said where its connectors are looked at.
      if (!(error instanceof SignalboxError)) throw error;
    }
  }

  /** What is wrong with the connector, in words. */
  private async look({ connect, source, mayRestart }: TendedFlow, connector: string): Promise<string | undefined> {
    try {
      const status = await connect.status(connector, AbortSignal.timeout(this.timeoutMs));
      const ailment = ailmentOf(status, connector === source);
      if (ailment === undefined) return this.isWell(connector);
      const isDue = this.isDue(connector, ailment);
      if (isDue && mayRestart) await this.restart(connect, connector, ailment);
      return isDue || ailment.patienceMs === 0 ? `${connector} ${ailment.words}` : undefined;
    } catch (error) {
      // A flow of the other direction has no connectors before it is needed.
      if (error instanceof ConnectorMissingError) return undefined;
      throw error;
    }
  }

  private isWell(connector: string): undefined {
    const illness = this.ill.get(connector);
    if (!illness) return;
    const now = this.ports.clock.monotonicMs();
    illness.wellSinceMs ??= now;
    if (illness.restarts === 0 || now - illness.wellSinceMs >= RECOVERED_AFTER_MS) this.ill.delete(connector);
  }

  /** Whether it has been ill for as long as one may wait. */
  private isDue(connector: string, { patienceMs }: Ailment): boolean {
    const now = this.ports.clock.monotonicMs();
    const illness = this.ill.get(connector) ?? {
      sinceMs: now,
      restarts: 0,
      restartedAtMs: now,
      wellSinceMs: undefined,
    };
    this.ill.set(connector, { ...illness, wellSinceMs: undefined });
    return now - illness.sinceMs >= patienceMs;
  }

  private async restart(connect: ConnectClient, connector: string, { words, restart }: Ailment): Promise<void> {
    const now = this.ports.clock.monotonicMs();
    const illness = this.ill.get(connector);
    if (!illness || (illness.restarts > 0 && now - illness.restartedAtMs < pauseAfter(illness.restarts))) return;
    const restarts = illness.restarts + 1;
    this.ill.set(connector, { ...illness, restarts, restartedAtMs: now });
    await connect.restart(connector, restart, AbortSignal.timeout(this.timeoutMs));
    this.ports.log.warn({ connector, restarts }, `${connector} ${words}; it was started again`);
  }
}

const ailmentOf = ({ connector, tasks, failure }: ConnectorStatus, copies: boolean): Ailment | undefined => {
  if (failure !== undefined) return { words: `failed: ${failure}`, patienceMs: 0, restart: 'failed' };
  if (!copies || connector !== 'RUNNING' || tasks.length > 0) return undefined;
  const words = 'runs without a task: it found no topics when it started, or none match';
  return { words, patienceMs: IDLE_AFTER_MS, restart: 'all' };
};

const pauseAfter = (restarts: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (restarts - 1), LONGEST_PAUSE_MS);
