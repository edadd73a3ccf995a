import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api';
import { messageOf } from '#libs/domain';
import type { Random } from './random.js';

/**
 * The W3C `traceparent` of what is going on, for event envelopes. Without a telemetry SDK it is a fresh one that is
 * marked unsampled, so that an observation can still be followed through the logs.
 */
export function traceparent(random: Random): string {
  const hex = () => random.id().replaceAll('-', '').padEnd(32, '0').slice(0, 32);
  return traceparentIn(context.active()) ?? `00-${hex()}-${hex().slice(0, 16)}-00`;
}

/** Runs `work` as a part of the trace that an event came from. */
export const continueTrace = <T>(parent: string | undefined, work: () => T): T =>
  parent === undefined ? work() : context.with(remote(parent), work);

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

/** A span that other processes go on from before it is over. */
export interface BegunSpan {
  /** Where they go on; undefined while nobody records spans, so that nothing is written down for nobody. */
  readonly traceparent?: string;
  end(atEnd?: Attributes): void;
}

/** `after`: where it goes on, the work in progress when absent; `besides`: what else led here; both as `traceparent`. */
export function beginSpan(
  name: string,
  where: { readonly after?: string | undefined; readonly besides?: readonly string[]; readonly startedAtMs?: number },
  attributes: Attributes,
): BegunSpan {
  const { after, besides = [], startedAtMs } = where;
  const within = after === undefined ? context.active() : remote(after);
  const links = besides.flatMap((text) => {
    const other = trace.getSpanContext(remote(text));
    return other ? [{ context: other }] : [];
  });
  // As a date: a small number would be taken for one of `performance.now()`.
  const options = { attributes, links, ...(startedAtMs !== undefined && { startTime: new Date(startedAtMs) }) };
  const span = trace.getTracer(TRACER).startSpan(name, options, within);
  const begun = span.isRecording() ? traceparentIn(trace.setSpan(ROOT_CONTEXT, span)) : undefined;
  return {
    ...(begun !== undefined && { traceparent: begun }),
    end: (atEnd = {}) => {
      span.setAttributes(atEnd);
      span.end();
    },
  };
}

/** Undefined where no span is in progress, or nobody records any. */
function traceparentIn(within: Context): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(within, carrier);
  return carrier.traceparent;
}

const remote = (traceparent: string): Context => propagation.extract(ROOT_CONTEXT, { traceparent });
