import { ExportResultCode } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Metrics } from '../metrics/metrics.js';
import type { CollectorHealth } from './collector-health.js';

/** What waits is bounded: a collector that is away costs spans, and never memory. */
const WAITING_MAX = 4_096;
const BATCH_MAX = 512;
const FLUSH_MS = 1_000;

/** Sends spans in batches, and counts what came of each: the SDK drops what it cannot hold without a word. */
export class CountedSpans implements SpanProcessor {
  private waiting = 0;
  private readonly batches: BatchSpanProcessor;

  constructor(
    exporter: SpanExporter,
    private readonly metrics: Metrics,
    health: CollectorHealth,
  ) {
    const counting: SpanExporter = {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          this.waiting -= spans.length;
          this.count(result.code === ExportResultCode.SUCCESS ? 'sent' : 'dropped', spans.length);
          health.saw(result);
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    };
    this.batches = new BatchSpanProcessor({
      exporter: counting,
      maxExportBatchSize: BATCH_MAX,
      maxQueueSize: WAITING_MAX,
      scheduledDelayMillis: FLUSH_MS,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.waiting >= WAITING_MAX) return this.count('dropped', 1);
    this.waiting += 1;
    this.batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.batches.shutdown();
  }

  private count(outcome: 'sent' | 'dropped', spans: number): void {
    this.metrics.count('signalbox.spans', { outcome }, spans);
  }
}
