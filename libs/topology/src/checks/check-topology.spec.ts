import { describe, expect, it } from '@jest/globals';
import { problemsAfter, withoutWitness } from '../../../../test/support/broken-topology.js';

describe('checkTopology', () => {
  it('finds nothing wrong with the example', () => {
    expect(problemsAfter(() => undefined)).toEqual([]);
  });

  it('lets two sites without a witness run on approval', () => {
    const problems = problemsAfter((document) => {
      withoutWitness(document);
      Object.assign(document.groups[0], { mode: 'approve', fenceMode: 'guarded' });
    });
    expect(problems).toEqual([]);
  });

  it('reports everything that is wrong at once, in the order of the file', () => {
    const problems = problemsAfter((document) => {
      document.policy.voteTtlMs = 1;
      document.groups[0].fenceMode = 'advisory';
      document.clusters[0].site = 'z';
    });
    const paths = problems.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['clusters[0].site', 'groups[0].fenceMode', 'policy.voteTtlMs']));
    expect(problems.map(({ line }) => line)).toEqual(
      problems.map(({ line }) => line).toSorted((a = 0, b = 0) => a - b),
    );
  });
});
