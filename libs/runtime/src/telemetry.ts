import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { messageOf } from '#libs/domain';
import type { Random } from './random.js';

/**
 * The W3C `traceparent` of what is going on, for event envelopes. Without a telemetry SDK it is a fresh one that is
 * marked unsampled, so that an observation can still be followed through the logs.
 */
export function traceparent(random: Random): string {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  const hex = () => random.id().replaceAll('-', '').padEnd(32, '0').slice(0, 32);
  return carrier.traceparent ?? `00-${hex()}-${hex().slice(0, 16)}-00`;
}

/** Runs `work` as a part of the trace that an event came from. */
export const continueTrace = <T>(parent: string | undefined, work: () => T): T =>
  parent === undefined ? work() : context.with(propagation.extract(ROOT_CONTEXT, { traceparent: parent }), work);

const TRACER = 'signalbox';

/** Runs `work` as a span of the trace in progress; nothing is measured without a telemetry SDK. */
export const inSpan = <T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> =>
  trace.getTracer(TRACER).startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  });

/** Something that goes on by itself: its span ends when what is returned is called, with what is known by then. */
export function openSpan(name: string, attributes: Attributes): (atEnd: Attributes) => void {
  const span = trace.getTracer(TRACER).startSpan(name, { attributes });
  return (atEnd) => {
    span.setAttributes(atEnd);
    span.end();
  };
}
