import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ConditionLog, type Clock, type Log, type Metrics, type Readiness, type Stop } from '#libs/runtime';
import type { DeadManService } from './dead-man-service.js';

export interface HeartbeatPorts {
  readonly service: DeadManService;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
}

/**
 * Tells a dead-man service outside that this site's orchestrator could decide: what alarms is its silence. Withheld while the
 * journal is away, since a process that only runs is of no use to anybody.
 */
export class Heartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private stop: Stop = () => undefined;
  private readonly conditions: ConditionLog;

  constructor(
    private readonly ports: HeartbeatPorts,
    private readonly everyMs: number,
  ) {
    this.conditions = new ConditionLog(ports.log, ports.clock);
  }

  onApplicationBootstrap(): void {
    this.stop = this.ports.clock.every(this.everyMs, () => this.beat());
  }

  beforeApplicationShutdown(): void {
    this.stop();
  }

  private async beat(): Promise<void> {
    const { service, metrics, readiness } = this.ports;
    const { status, components } = readiness.report();
    const isWell = (status === 'ready' || status === 'degraded') && components['journal']?.state !== 'missing';
    if (!isWell) return metrics.count('signalbox.heartbeats', { outcome: 'withheld' });
    const problem = await service.hear();
    metrics.count('signalbox.heartbeats', { outcome: problem === undefined ? 'taken' : 'failed' });
    if (problem === undefined) this.conditions.ended('heartbeat', 'The dead-man service takes heartbeats again');
    else this.conditions.holds('heartbeat', `The dead-man service takes no heartbeat: ${problem}`);
  }
}
