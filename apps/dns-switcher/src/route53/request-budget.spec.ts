import { describe, expect, it } from '@jest/globals';
import { SystemRandom } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { RequestBudget } from './request-budget.js';

const open = new AbortController().signal;

describe('the budget of an account', () => {
  const make = () => {
    const clock = new VirtualClock();
    const budget = new RequestBudget(4, clock, new SystemRandom());
    let taken = 0;
    const ask = (times: number) => {
      for (let n = 0; n < times; n++) void budget.take(open).then((may) => (taken += may ? 1 : 0));
    };
    return { clock, budget, ask, taken: () => taken };
  };

  it('lets a second of requests go at once, and the rest at the rate', async () => {
    const { clock, ask, taken } = make();
    ask(10);
    await clock.advance(0);
    expect(taken()).toBe(4);
    await clock.advance(1_000);
    expect(taken()).toBe(8);
    await clock.advance(500);
    expect(taken()).toBe(10);
  });

  it('holds all of them back after one was throttled, longer each time', async () => {
    const { clock, budget, ask, taken } = make();
    budget.throttled();
    ask(1);
    await clock.advance(499);
    expect(taken()).toBe(0);
    await clock.advance(501);
    expect(taken()).toBe(1);
    budget.throttled();
    ask(1);
    await clock.advance(999);
    expect(taken()).toBe(1);
    await clock.advance(1_001);
    expect(taken()).toBe(2);
  });

  it('gives nothing to who has no time left', async () => {
    const { budget } = make();
    expect(await budget.take(AbortSignal.abort())).toBe(false);
  });
});
