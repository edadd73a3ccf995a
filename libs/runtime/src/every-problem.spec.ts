import { describe, expect, it } from '@jest/globals';
import { allOrEveryProblem } from './every-problem.js';
import { SecretError } from './secret.js';

async function late<T>(value: T): Promise<T> {
  await Promise.resolve();
  return value;
}

const lateProblem = async (message: string): Promise<never> => {
  throw new SecretError(await late(message));
};

describe('allOrEveryProblem', () => {
  it('gives all of them, in order', async () => {
    expect(await allOrEveryProblem([late(1), Promise.resolve(2)])).toEqual([1, 2]);
    expect(await allOrEveryProblem([])).toEqual([]);
  });

  it('throws the only problem as it is', async () => {
    const problem = new SecretError('key a is empty');
    await expect(allOrEveryProblem([late(1), Promise.reject(problem)])).rejects.toBe(problem);
  });

  it('says every problem in the order of what was asked for, whichever came first', async () => {
    const both = allOrEveryProblem([lateProblem('key a is empty'), Promise.reject(new SecretError('key b is empty'))]);
    await expect(both).rejects.toMatchObject({
      code: 'SB_SEVERAL_PROBLEMS',
      message: 'Several things are wrong:\n- key a is empty\n- key b is empty',
    });
  });

  it('says the same problem once, also when it is found on different ways', async () => {
    const empty = () => Promise.reject(new SecretError('key a is empty'));
    const other = Promise.reject(new SecretError('key b is empty'));
    await expect(allOrEveryProblem([allOrEveryProblem([empty(), other]), empty()])).rejects.toMatchObject({
      problems: new Set(['key a is empty', 'key b is empty']),
    });
    await expect(allOrEveryProblem([empty(), empty()])).rejects.toMatchObject({ code: 'SB_SECRET_UNREADABLE' });
  });

  it('throws a bug as it is, since it is nothing that can be configured', async () => {
    const bug = new TypeError('undefined is not a function');
    await expect(allOrEveryProblem([lateProblem('key a is empty'), Promise.reject(bug)])).rejects.toBe(bug);
  });
});
