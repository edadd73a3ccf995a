import type { Receiver, Telemetry, TelemetryPorts } from './telemetry-ports.js';

/**
 * From here on spans are recorded, in this whole process. Without it nothing is, and `@opentelemetry/api` costs next to
 * nothing: the SDK behind it is loaded only here, since it takes a quarter of a second and 30 MB.
 */
export async function startTelemetry(receiver: Receiver, ports: TelemetryPorts): Promise<Telemetry> {
  const { startSdk } = await import('./sdk.js');
  return startSdk(receiver, ports);
}
