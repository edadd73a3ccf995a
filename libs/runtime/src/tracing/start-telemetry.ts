import { context, propagation, trace } from '@opentelemetry/api';
import type { Stop } from '../clock.js';
import type { Random } from '../random.js';
import { AsyncContexts } from './async-contexts.js';
import { OtlpExporter, type ExporterPorts, type Receiver } from './otlp-exporter.js';
import { TraceparentPropagator } from './traceparent-propagator.js';
import { TraceRecorder } from './trace-recorder.js';

export interface Telemetry {
  /** Sends what waits, within the time-out of one request. */
  flush(): Promise<void>;
  readonly stop: Stop;
}

/** From here on spans are recorded, in this whole process. Without it nothing is, and `@opentelemetry/api` costs next to nothing. */
export function startTelemetry(receiver: Receiver, ports: ExporterPorts & { readonly random: Random }): Telemetry {
  const exporter = new OtlpExporter(receiver, ports);
  const stop = exporter.start();
  context.setGlobalContextManager(new AsyncContexts());
  propagation.setGlobalPropagator(new TraceparentPropagator());
  trace.setGlobalTracerProvider(new TraceRecorder(ports.clock, ports.random, exporter.take));
  return {
    flush: () => exporter.flush(),
    stop: () => {
      stop();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
