import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OtlpReceiver } from '../../../../test/support/otlp-receiver.js';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { EnvironmentError, readEnvironment } from '../environment.js';
import { InMemoryLog } from '../log.js';
import { Metrics } from '../metrics/metrics.js';
import { SystemRandom } from '../random.js';
import { beginSpan, continueTrace, inSpan, traceparent } from '../telemetry.js';
import { metricExport } from './otlp.js';
import { startTelemetry, type Telemetry } from './start-telemetry.js';

describe('what is sent to a collector', () => {
  let receiver: OtlpReceiver;
  let telemetry: Telemetry;
  let log: InMemoryLog;
  beforeEach(async () => {
    log = new InMemoryLog();
    receiver = await OtlpReceiver.open();
    const ports = { clock: new VirtualClock(), log, random: new SystemRandom(), metrics: new Metrics() };
    telemetry = startTelemetry({ endpoint: receiver.endpoint, origin: { 'service.name': 'tiny' } }, ports);
  });
  afterEach(async () => {
    telemetry.stop();
    await receiver.close();
  });

  it('is one trace over awaits and processes, with the span in progress known to the log', async () => {
    const first = beginSpan('first', {}, {});
    first.end({ late: 1 });
    await continueTrace(first.traceparent, () =>
      inSpan('second', { 'signalbox.run': 'r' }, async () => {
        await Promise.resolve();
        expect(first.traceparent).toContain(trace.getActiveSpan()?.spanContext().traceId);
        expect(traceparent(new SystemRandom())).toContain(trace.getActiveSpan()?.spanContext().spanId);
        await inSpan('third', {}, () => Promise.resolve());
      }),
    );
    await telemetry.flush();
    const [one, third, second] = receiver.spans;
    expect([one?.name, third?.parentSpanId, second?.parentSpanId]).toEqual(['first', second?.spanId, one?.spanId]);
    expect(receiver.traces.size).toBe(1);
    expect(one?.attributes).toEqual({ late: '1' });
  });

  it('begins a trace of its own after what is no traceparent', () => {
    expect(continueTrace('nonsense', () => trace.getSpanContext(context.active()))).toBeUndefined();
    expect(beginSpan('any', { after: '00-0-0-0', besides: ['nonsense'] }, {}).traceparent).toMatch(/^00-[0-9a-f]{32}-/);
    expect(trace.getSpanContext(ROOT_CONTEXT)).toBeUndefined();
  });

  it('is dropped, and said once, while the collector is away', async () => {
    receiver.status = 500;
    for (const name of ['lost', 'lost as well']) {
      beginSpan(name, {}, {}).end();
      await telemetry.flush();
    }
    expect(log.lines.map(({ message }) => message)).toEqual([
      'The collector of telemetry takes nothing: it answered 500',
    ]);
  });
});

describe('metrics for a collector', () => {
  it('have the names, units and kinds of OpenTelemetry', () => {
    const metrics = new Metrics();
    metrics.count('signalbox.decisions', { group: 'g', rule: 'r' }, 2);
    metrics.observe('signalbox.run.duration', { kind: 'failover', outcome: 'completed' }, 7);
    const text = JSON.stringify(metricExport(metrics, { 'service.name': 'tiny' }, 1_000, 2_000));
    expect(text).toContain('"name":"signalbox.decisions","unit":"{decision}"');
    expect(text).toContain('"sum":{"aggregationTemporality":2,"isMonotonic":true');
    expect(text).toContain('{"key":"signalbox.group","value":{"stringValue":"g"}}');
    expect(text).toContain('"startTimeUnixNano":"1000000000","timeUnixNano":"2000000000","asDouble":2');
    expect(text).toContain('"count":"1","sum":7');
  });
});

describe('OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  const read = (endpoint: string) =>
    readEnvironment('tiny', {
      SIGNALBOX_CONFIG: 'x',
      SIGNALBOX_SITE: 'a',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    }).otlpEndpoint;

  it('is the address of a collector, or nothing', () => {
    expect(read('http://127.0.0.1:4318/')).toBe('http://127.0.0.1:4318');
    expect(read('')).toBeUndefined();
  });

  it.each(['here', 'ftp://collector', 'http://me:hunter2@collector:4318'])(
    'is not %s, which is not repeated',
    (endpoint) => {
      expect(() => read(endpoint)).toThrow(EnvironmentError);
      expect(() => read(endpoint)).toThrow(/^(?!.*hunter2)/s);
    },
  );
});
