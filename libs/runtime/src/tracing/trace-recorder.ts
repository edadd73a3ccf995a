import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import type { Clock } from '../clock.js';
import type { Random } from '../random.js';
import type { FinishedSpan } from './finished-span.js';
import { RecordedSpan } from './recorded-span.js';

/** Makes spans, and hands each on when it ends. Behind OpenTelemetry's own interface, which is all that other code knows. */
export class TraceRecorder implements TracerProvider, Tracer {
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly onEnd: (span: FinishedSpan) => void,
  ) {}

  getTracer(): Tracer {
    return this;
  }

  startSpan(name: string, options: SpanOptions = {}, within: Context = context.active()): Span {
    const parent = trace.getSpanContext(options.root ? ROOT_CONTEXT : within);
    const nowMs = () => this.clock.now();
    const self = { traceId: parent?.traceId ?? this.hex(32), spanId: this.hex(16), traceFlags: TraceFlags.SAMPLED };
    const beginning = {
      ...(parent && { parentSpanId: parent.spanId }),
      name,
      kind: options.kind ?? SpanKind.INTERNAL,
      startedAtMs: typeof options.startTime === 'number' ? options.startTime : nowMs(),
      attributes: options.attributes ?? {},
      links: (options.links ?? []).map(({ context: { traceId, spanId } }) => ({ traceId, spanId })),
    };
    return new RecordedSpan(self, beginning, nowMs, this.onEnd);
  }

  startActiveSpan<T>(name: string, ...rest: readonly unknown[]): T {
    const work = rest.at(-1) as (span: Span) => T;
    const [options, within = context.active()] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const span = this.startSpan(name, options, within);
    return context.with(trace.setSpan(within, span), () => work(span));
  }

  private hex(digits: number): string {
    return this.random.id().replaceAll('-', '').padEnd(digits, '0').slice(0, digits);
  }
}
