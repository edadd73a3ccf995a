import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { Missed } from './etcd-errors.js';
import { firstAnswer } from './first-answer.js';

const PAUSE_MS = 500;
const never = () => new Promise<string>(() => undefined);
const missing = (name: string) => () => Promise.reject(new Missed('unsent', name));

describe('firstAnswer', () => {
  it('asks the next one only when the first has been silent for a pause', async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const second = () => {
      asked += 1;
      return Promise.resolve('second');
    };
    const answer = firstAnswer([never, second], PAUSE_MS, clock);
    await clock.advance(PAUSE_MS - 1);
    expect(asked).toBe(0);
    await clock.advance(1);
    expect(await answer).toEqual({ reply: 'second' });
  });

  it('asks the next one at once when the first was missed', async () => {
    const clock = new VirtualClock();
    expect(await firstAnswer([missing('one'), () => Promise.resolve('two')], PAUSE_MS, clock)).toEqual({
      reply: 'two',
    });
  });

  it('asks nobody else when the first one answers', async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const second = () => {
      asked += 1;
      return Promise.resolve('second');
    };
    expect(await firstAnswer([() => Promise.resolve('first'), second], PAUSE_MS, clock)).toEqual({ reply: 'first' });
    await clock.advance(10 * PAUSE_MS);
    expect(asked).toBe(0);
  });

  it('takes an answer that comes late, from one that was given time while others were asked', async () => {
    const clock = new VirtualClock();
    const late = Promise.withResolvers<string>();
    const answer = firstAnswer([() => late.promise, never], PAUSE_MS, clock);
    await clock.advance(PAUSE_MS);
    late.resolve('late');
    expect(await answer).toEqual({ reply: 'late' });
  });

  it('says of all of them why they did not answer', async () => {
    const clock = new VirtualClock();
    const answer = await firstAnswer([missing('one'), missing('two')], PAUSE_MS, clock);
    expect('missed' in answer && answer.missed.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  it('passes a refusal on, and asks nobody else', async () => {
    const clock = new VirtualClock();
    const refused = () => Promise.reject(new TypeError('refused'));
    await expect(firstAnswer([refused, never], PAUSE_MS, clock)).rejects.toThrow('refused');
  });
});
