import {
  trace,
  type Context,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  isSpanContextValid,
  type SpanContext,
} from '@opentelemetry/api';

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/;

/** W3C Trace Context. What has not its form begins a trace of its own, since nobody may fail because of it. */
export class TraceparentPropagator implements TextMapPropagator {
  inject(within: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpanContext(within);
    if (span) setter.set(carrier, 'traceparent', traceparentOf(span));
  }

  extract(within: Context, carrier: unknown, getter: TextMapGetter): Context {
    const text = getter.get(carrier, 'traceparent');
    const [, traceId = '', spanId = '', flags = ''] = FORM.exec(typeof text === 'string' ? text : '') ?? [];
    const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
    return isSpanContextValid(span) ? trace.setSpanContext(within, span) : within;
  }

  fields(): string[] {
    return ['traceparent'];
  }
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
