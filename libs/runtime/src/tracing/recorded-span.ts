import {
  SpanStatusCode,
  type Attributes,
  type Link,
  type Span,
  type SpanContext,
  type SpanStatus,
  type TimeInput,
} from '@opentelemetry/api';
import type { FinishedSpan } from './finished-span.js';

type Beginning = Omit<FinishedSpan, 'traceId' | 'spanId' | 'endedAtMs' | 'status'>;

/** A span in progress; handed on once, when it ends. */
export class RecordedSpan implements Span {
  private name: string;
  private readonly attributes: Attributes;
  private readonly links: FinishedSpan['links'][number][];
  private status: SpanStatus = { code: SpanStatusCode.UNSET };
  private isOver = false;

  constructor(
    private readonly self: SpanContext,
    private readonly beginning: Beginning,
    private readonly nowMs: () => number,
    private readonly onEnd: (span: FinishedSpan) => void,
  ) {
    this.name = beginning.name;
    this.attributes = { ...beginning.attributes };
    this.links = [...beginning.links];
  }

  spanContext(): SpanContext {
    return this.self;
  }

  setAttribute(key: string, value: NonNullable<Attributes[string]>): this {
    this.attributes[key] = value;
    return this;
  }

  setAttributes(attributes: Attributes): this {
    Object.assign(this.attributes, attributes);
    return this;
  }

  /** Nothing of ours has events. */
  addEvent(): this {
    return this;
  }

  addLink({ context: { traceId, spanId } }: Link): this {
    this.links.push({ traceId, spanId });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    this.status = status;
    return this;
  }

  updateName(name: string): this {
    this.name = name;
    return this;
  }

  end(endTime?: TimeInput): void {
    if (this.isOver) return;
    this.isOver = true;
    const { traceId, spanId } = this.self;
    const endedAtMs = typeof endTime === 'number' ? endTime : this.nowMs();
    const { name, attributes, links, status } = this;
    this.onEnd({ ...this.beginning, traceId, spanId, name, attributes, links, status, endedAtMs });
  }

  isRecording(): boolean {
    return !this.isOver;
  }

  recordException(): void {}
}
