import { trace, type Attributes, type Span, type Tracer } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inSpan, openSpan } from './telemetry.js';

/** As much of a telemetry SDK as tells what was measured. */
class Recorder {
  readonly ended: { name: string; attributes: Attributes; isError: boolean }[] = [];

  readonly tracer = {
    startSpan: (name: string, { attributes = {} }: { attributes?: Attributes } = {}) => {
      const seen = { name, attributes: { ...attributes }, isError: false };
      const span = {
        setAttributes: (more: Attributes) => void Object.assign(seen.attributes, more),
        setStatus: () => void (seen.isError = true),
        end: () => void this.ended.push(seen),
      };
      return span as unknown as Span;
    },
    startActiveSpan: (name: string, options: object, work: (span: Span) => unknown) =>
      work(this.tracer.startSpan(name, options)),
  };
}

describe('a span', () => {
  let recorder: Recorder;
  beforeEach(() => {
    recorder = new Recorder();
    trace.setGlobalTracerProvider({ getTracer: () => recorder.tracer as unknown as Tracer });
  });
  afterEach(() => trace.disable());

  it('lasts as long as the work in it, and says when that failed', async () => {
    expect(await inSpan('good', { a: 1 }, async () => 7)).toBe(7);
    await expect(inSpan('bad', {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(recorder.ended).toEqual([
      { name: 'good', attributes: { a: 1 }, isError: false },
      { name: 'bad', attributes: {}, isError: true },
    ]);
  });

  it('ends when it is told to, with what is known by then', () => {
    const end = openSpan('long', { a: 1 });
    expect(recorder.ended).toEqual([]);
    end({ b: 2 });
    expect(recorder.ended).toEqual([{ name: 'long', attributes: { a: 1, b: 2 }, isError: false }]);
  });
});
