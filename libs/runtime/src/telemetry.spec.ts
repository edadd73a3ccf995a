import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from './random.js';
import { continueTrace, traceparent } from './telemetry.js';

describe('traceparent', () => {
  it('is well formed and unsampled without a telemetry SDK', () => {
    expect(traceparent(new SystemRandom())).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
  });

  it('continues with or without a parent', () => {
    expect(continueTrace(undefined, () => 1)).toBe(1);
    expect(continueTrace('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', () => 2)).toBe(2);
  });
});
