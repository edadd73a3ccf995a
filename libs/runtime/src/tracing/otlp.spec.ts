import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OtlpReceiver } from '../../../../test/support/otlp-receiver.js';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { EnvironmentError, readEnvironment } from '../environment.js';
import { InMemoryLog } from '../log.js';
import { Metrics } from '../metrics/metrics.js';
import { SystemRandom } from '../random.js';
import { beginSpan, continueTrace, inSpan, traceparent } from '../telemetry.js';
import { metricData } from './metric-data.js';
import { startTelemetry } from './start-telemetry.js';
import type { Telemetry } from './telemetry-ports.js';

describe('what is sent to a collector', () => {
  let receiver: OtlpReceiver;
  let telemetry: Telemetry;
  let log: InMemoryLog;
  let clock: VirtualClock;
  let metrics: Metrics;
  beforeEach(async () => {
    log = new InMemoryLog();
    clock = new VirtualClock();
    metrics = new Metrics();
    receiver = await OtlpReceiver.open();
    telemetry = await startTelemetry(
      { endpoint: receiver.endpoint, origin: { 'service.name': 'tiny' } },
      { clock, log, metrics },
    );
  });
  afterEach(async () => {
    telemetry.stop();
    await receiver.close();
  });

  const counted = () => metrics.read().find(([name]) => name === 'signalbox.spans')?.[1];

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
    expect(one?.attributes).toEqual({ late: 1 });
    expect(counted()).toEqual([{ labels: { outcome: 'sent' }, value: 3 }]);
  });

  it('goes on in a trace that nobody sampled where it began', async () => {
    const before = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';
    beginSpan('after', { after: before }, {}).end();
    await telemetry.flush();
    expect(receiver.spans).toMatchObject([{ name: 'after', traceId: '0af7651916cd43dd8448eb211c80319c' }]);
  });

  it('begins when it is said to have begun, also before this process did', async () => {
    beginSpan('long ago', { startedAtMs: 1_000 }, {}).end();
    await telemetry.flush();
    const [span] = receiver.spans;
    expect(span?.durationNs).toBeGreaterThan(1_000_000_000_000_000_000n);
  });

  it('begins a trace of its own after what is no traceparent', () => {
    expect(continueTrace('nonsense', () => trace.getSpanContext(context.active()))).toBeUndefined();
    expect(beginSpan('any', { after: '00-0-0-0', besides: ['nonsense'] }, {}).traceparent).toMatch(/^00-[0-9a-f]{32}-/);
    expect(trace.getSpanContext(ROOT_CONTEXT)).toBeUndefined();
  });

  it('is dropped, counted, and said once, while the collector is away', async () => {
    receiver.status = 500;
    for (const name of ['lost', 'lost as well']) {
      beginSpan(name, {}, {}).end();
      await telemetry.flush();
    }
    expect(log.lines.map(({ message }) => message)).toEqual([
      'The collector of telemetry takes nothing: it answered 500',
    ]);
    expect(counted()).toEqual([{ labels: { outcome: 'dropped' }, value: 2 }]);
  });

  it('are metrics as well, every while', async () => {
    metrics.count('signalbox.decisions', { group: 'g', rule: 'r' }, 2);
    await clock.advance(15_000);
    await telemetry.flush();
    expect([...receiver.metrics]).toEqual(['signalbox.decisions']);
  });
});

describe('metrics for a collector', () => {
  it('have the names, units and kinds of OpenTelemetry', () => {
    const metrics = new Metrics();
    metrics.count('signalbox.decisions', { group: 'g', rule: 'r' }, 2);
    metrics.observe('signalbox.run.duration', { kind: 'failover', outcome: 'completed' }, 7);
    const time = { startTime: [1, 0], endTime: [2, 500_000_000] };
    const attributes = { 'signalbox.group': 'g', 'signalbox.rule': 'r' };
    expect(metricData(metrics, 1_000, 2_500)).toMatchObject([
      {
        descriptor: { name: 'signalbox.decisions', unit: '{decision}' },
        isMonotonic: true,
        dataPoints: [{ ...time, attributes, value: 2 }],
      },
      {
        descriptor: { name: 'signalbox.run.duration', unit: 's' },
        dataPoints: [{ ...time, value: { count: 1, sum: 7 } }],
      },
    ]);
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
