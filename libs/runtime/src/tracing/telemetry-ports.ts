import type { Clock, Stop } from '../clock.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics/metrics.js';

export interface Receiver {
  /** Of a collector: `/v1/traces` and `/v1/metrics` are below it. */
  readonly endpoint: string;
  /** Resource attributes. */
  readonly origin: Readonly<Record<string, string>>;
}

export interface TelemetryPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface Telemetry {
  /** Sends what waits, within the time-out of one request. Never rejects. */
  flush(): Promise<void>;
  readonly stop: Stop;
}
