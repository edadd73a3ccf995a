import { describe, expect, it } from '@jest/globals';
import { Canary } from './canary.js';

describe(Canary.name, () => {
  it('is silent from when the first unheard one was sent', () => {
    const canary = new Canary();
    canary.sent(1_000);
    canary.sent(6_000);
    expect(canary.silentMs(11_000)).toBe(10_000);
  });

  it('is not silent while every one is heard, however seldom that is', () => {
    const canary = new Canary();
    for (let atMs = 0; atMs < 100_000; atMs += 10_000) {
      canary.sent(atMs);
      canary.heard(atMs + 5_000);
      expect(canary.silentMs(atMs + 9_000)).toBe(0);
    }
    expect(canary.ageMs(99_000)).toBe(4_000);
  });

  it('says nothing of a listener that could not be rung', () => {
    const canary = new Canary();
    canary.sent(0);
    canary.startsAnew();
    expect(canary.silentMs(600_000)).toBe(0);
    canary.sent(600_000);
    expect(canary.silentMs(601_000)).toBe(1_000);
  });

  it('has no age before it was ever heard', () => {
    expect(new Canary().ageMs(5_000)).toBeUndefined();
  });
});
