import { describe, expect, it } from '@jest/globals';
import { problemsOf, type AnyMachine } from './machine.js';
import { MACHINES } from './machines.js';

const named = MACHINES.map((machine) => ({ name: machine.name, machine }));

describe('the machines', () => {
  it.each(named)('of a $name answer every input in every phase once, reach every phase, and trap nobody', (each) => {
    expect(problemsOf(each.machine)).toEqual([]);
  });

  it.each(named)('of a $name need every row that they have, and every reason', ({ machine }) => {
    const { rows, ignored } = machine;
    const whole = [
      ...rows.map((row) => ({ without: row.id, left: { ...machine, rows: rows.filter((each) => each !== row) } })),
      ...ignored.map((reason) => ({
        without: reason.because,
        left: { ...machine, ignored: ignored.filter((each) => each !== reason) },
      })),
    ];
    expect(whole.filter(({ left }) => problemsOf(left).length === 0).map(({ without }) => without)).toEqual([]);
  });
});

describe(problemsOf.name, () => {
  const sound: AnyMachine = {
    name: 'door',
    phases: { open: 'open', shut: 'shut' },
    inputs: { push: 'a push', pull: 'a pull' },
    initial: 'open',
    settled: ['shut'],
    rows: [{ id: 'closes', from: ['open'], on: ['push', 'pull'], to: 'shut' }],
    ignored: [{ in: ['shut'], on: ['push', 'pull'], because: 'it is locked' }],
  };

  it.each<[string, Partial<AnyMachine>, string[]]>([
    ['nothing', {}, []],
    ['an input that nobody answers', { ignored: [] }, ['shut has 0 answers to push', 'shut has 0 answers to pull']],
    [
      'two answers',
      { rows: [...sound.rows, ...sound.rows] },
      ['two rows are called closes', 'open has 2 answers to push', 'open has 2 answers to pull'],
    ],
    ['a trap', { settled: [] }, ['there is no way out of shut']],
    ['a phase that is never reached', { initial: 'shut' }, ['open is never reached']],
  ])('finds %s', (_what, change, problems) => {
    expect(problemsOf({ ...sound, ...change })).toEqual(problems.map((problem) => `door: ${problem}`));
  });
});
