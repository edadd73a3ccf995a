import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
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
