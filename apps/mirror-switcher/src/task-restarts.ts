import { SignalboxError } from '#libs/domain';
import type { Clock, Log, Readiness, Stop } from '#libs/runtime';
import type { ConnectClient } from './connect-client.js';
import { ConnectorMissingError } from './errors.js';

const EVERY_MS = 5_000;
/** Between two restarts of the same connector: doubled each time up to the longest. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;
/** Well for this long, it has recovered, and its next failure is a first one. */
const RECOVERED_AFTER_MS = 60_000;

/** A flow whose connectors are tended where they run. */
export interface TendedFlow {
  readonly flow: string;
  readonly connect: ConnectClient;
  readonly connectors: readonly string[];
  /** False where nothing may be touched, as in mode observe: then it is only said. */
  readonly mayRestart: boolean;
}

export interface TaskRestartPorts {
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly log: Log;
}

interface Illness {
  restarts: number;
  restartedAtMs: number;
  wellSinceMs: number | undefined;
}

/**
 * Connect never starts a failed task again by itself, and goes on calling its connector RUNNING: one record that a fence
 * refused would end a replication for good. What failed is started again here, ever more slowly; whether the flow
 * should run at all is not decided by this, since a connector that is stopped has no tasks.
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
  private async look({ connect, mayRestart }: TendedFlow, connector: string): Promise<string | undefined> {
    try {
      const { failure } = await connect.status(connector, AbortSignal.timeout(this.timeoutMs));
      if (failure === undefined) return this.isWell(connector);
      if (mayRestart) await this.restart(connect, connector, failure);
      return `${connector} failed: ${failure}`;
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
    if (now - illness.wellSinceMs >= RECOVERED_AFTER_MS) this.ill.delete(connector);
  }

  private async restart(connect: ConnectClient, connector: string, failure: string): Promise<void> {
    const now = this.ports.clock.monotonicMs();
    const before = this.ill.get(connector);
    if (before) before.wellSinceMs = undefined;
    if (before && now - before.restartedAtMs < pauseAfter(before.restarts)) return;
    const restarts = (before?.restarts ?? 0) + 1;
    this.ill.set(connector, { restarts, restartedAtMs: now, wellSinceMs: undefined });
    await connect.restartFailed(connector, AbortSignal.timeout(this.timeoutMs));
    this.ports.log.warn({ connector, restarts, failure }, `${connector} failed and was started again: ${failure}`);
  }
}

const pauseAfter = (restarts: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (restarts - 1), LONGEST_PAUSE_MS);
