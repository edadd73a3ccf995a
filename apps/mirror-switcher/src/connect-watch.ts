import { SignalboxError } from '#libs/domain';
import { ConditionLog, type Clock, type Log, type Readiness, type Stop } from '#libs/runtime';
import type { ConnectClient } from './connect-client.js';
import { maySendTwice, missingTimeouts } from './connector-config.js';
import { ConnectorMissingError } from './errors.js';

const EVERY_MS = 5_000;

/** The connectors of one flow, where they run. */
export interface WatchedFlow {
  readonly connect: ConnectClient;
  readonly connectors: readonly string[];
}

export interface ConnectWatchPorts {
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly log: Log;
}

/** Looks at Connect before a run depends on it, and says once which connectors would stop too slowly, or copy twice. */
export class ConnectWatch {
  private readonly findings: ConditionLog;
  private stops: readonly Stop[] = [];

  constructor(
    private readonly flows: readonly WatchedFlow[],
    private readonly ports: ConnectWatchPorts,
    private readonly timeoutMs: number,
  ) {
    this.findings = new ConditionLog(ports.log, ports.clock);
  }

  start(): void {
    this.stops = this.flows.map((flow) => this.ports.clock.every(EVERY_MS, () => this.check(flow)));
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  private async check({ connect, connectors }: WatchedFlow): Promise<void> {
    const component = `Connect at ${connect.url}`;
    try {
      for (const connector of connectors) await this.inspect(connect, connector);
      this.ports.readiness.ready(component);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.ports.readiness.missing(component, error.message);
    }
  }

  private async inspect(connect: ConnectClient, connector: string): Promise<void> {
    try {
      const config = await connect.config(connector, AbortSignal.timeout(this.timeoutMs));
      const name = `Connector ${connector} at ${connect.url}`;
      const missing = missingTimeouts(config);
      this.note(`${name} stops slowly`, missing.length > 0, {
        holds: `${name} takes up to a minute to stop without its source: set ${missing.join(', ')}`,
        ended: `${name} stops quickly without its source`,
      });
      this.note(`${name} may send twice`, maySendTwice(config), {
        holds: `${name} may copy records twice when its connection breaks: set producer.override.enable.idempotence to true`,
        ended: `${name} copies nothing twice when its connection breaks`,
      });
    } catch (error) {
      // A flow of the other direction has no connectors before it is needed.
      if (!(error instanceof ConnectorMissingError)) throw error;
    }
  }

  private note(condition: string, isMet: boolean, { holds, ended }: { holds: string; ended: string }): void {
    if (isMet) this.findings.holds(condition, holds);
    else this.findings.ended(condition, ended);
  }
}
