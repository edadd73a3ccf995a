import type { Attributes, SpanKind, SpanStatus } from '@opentelemetry/api';

/** A span that is over. Times in milliseconds since 1970. */
export interface FinishedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly attributes: Attributes;
  readonly status: SpanStatus;
  /** To spans of other traces that led here as well. */
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}
