import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses, withoutWitness, type Loose } from '../../../../test/support/broken-topology.js';

const guarded = (document: Loose): void => {
  withoutWitness(document);
  Object.assign(document.groups[0], { mode: 'approve', fenceMode: 'guarded' });
};

describe('the check of two sites without a witness', () => {
  it('takes three members, two at one site, with people as the third vote', () => {
    expect(problemsAfter(guarded)).toEqual([]);
  });

  it('takes them at the other site as well: they follow the standby', () => {
    const moved = (document: Loose): void => {
      guarded(document);
      document.journal.members = { a: ['http://a1:2379', 'http://a2:2379'], b: ['http://b1:2379'] };
    };
    expect(problemsAfter(moved)).toEqual([]);
  });

  it('takes a single member, for a trial', () => {
    const trial = (document: Loose): void => {
      guarded(document);
      document.journal.members = { a: ['http://a1:2379'] };
    };
    expect(problemsAfter(trial)).toEqual([]);
  });

  it('says one thing about automatic', () => {
    const automatic = (document: Loose): void => {
      guarded(document);
      document.groups[0].mode = 'automatic';
    };
    expect(problemsAfter(automatic).map(({ path }) => path)).toEqual(['groups[0].mode']);
  });

  refuses([
    [
      'one member at each site',
      (d) => {
        guarded(d);
        d.journal.members = { a: 'http://a1:2379', b: 'http://b1:2379' };
      },
      'journal.members',
      '1 at a, 1 at b',
      'three members, two of them at the standby site',
    ],
    [
      'all members at one site',
      (d) => {
        guarded(d);
        d.journal.members = { b: ['http://b1:2379', 'http://b2:2379', 'http://b3:2379'] };
      },
      'journal.members',
      '0 at a, 3 at b',
      'two of them at the standby site',
    ],
    [
      'strict, which would fence the active site with the standby',
      (d) => {
        guarded(d);
        d.groups[0].fenceMode = 'strict';
      },
      'groups[0].fenceMode',
      'strict, with 2 sites and no witness',
      'guarded, or a third site',
    ],
  ]);
});
