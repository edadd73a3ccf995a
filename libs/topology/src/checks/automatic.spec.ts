import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses, withoutWitness } from '../../../../test/support/broken-topology.js';

describe('the check of automatic', () => {
  refuses([
    [
      'automatic on two sites',
      withoutWitness,
      'groups[0].mode',
      'automatic, with 2 sites and no witness',
      'approve, or add a site with witness: true',
    ],
    ['a quorum of one', (d) => void (d.policy.quorum = 1), 'policy.quorum', '1', 'at least 2'],
    [
      'a quorum that a loss makes impossible',
      (d) => void (d.groups[0].policy.quorum = 3),
      'groups[0].policy.quorum',
      '3',
      'at most 2',
    ],
    [
      'automatic on one journal member',
      (d) => void (d.journal.members = { w: 'http://w:2379' }),
      'journal.members',
      '1 at w',
      'at least 3 members in 3 sites',
    ],
    [
      'a journal whose majority is in one site',
      (d) => void (d.journal.members.a = ['http://a:1', 'http://a:2', 'http://a:3']),
      'journal.members.a',
      '3 of 5 members',
      '3 of 5 are left when a is lost',
    ],
    [
      'a DNS primary in the group',
      (d) => void (d.groups[0].traffic[0].provider.primarySite = 'b'),
      'groups[0].traffic[0].provider.primarySite',
      'b, a site of the group itself',
      'a site outside the group',
    ],
    [
      'several DNS primaries, all in the group',
      (d) =>
        Object.assign(d.groups[0].traffic[0].provider, {
          primarySite: 'b',
          otherPrimaries: [{ address: '10.1.0.53:53', site: 'a' }],
        }),
      'groups[0].traffic[0].provider.primarySite',
      'b, a, all sites of the group itself',
      'a site outside the group',
    ],
    [
      'approve with nobody to approve',
      (d) => {
        d.groups[0].mode = 'approve';
        d.api.tokens[0].role = 'operator';
      },
      'groups[0].mode',
      'approve',
      'role approver or admin',
    ],
  ]);

  it('takes a DNS primary in the group when another one over the same data is outside', () => {
    const problems = problemsAfter((d) =>
      Object.assign(d.groups[0].traffic[0].provider, {
        primarySite: 'b',
        otherPrimaries: [{ address: '10.3.0.53:53', site: 'w' }],
      }),
    );
    expect(problems).toEqual([]);
  });
});
