import { describe, expect, it } from '@jest/globals';
import { problemsAfter, refuses, type Loose } from '../../../../test/support/broken-topology.js';

const KEY = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const OTHER = 'PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=';

describe('the check of how people are asked', () => {
  it('takes what fits together, for all groups and for one', () => {
    const fits = (document: Loose): void => {
      document.approval = {
        groups: { oncall: ['alice', 'bob', 'carol'], leads: ['dora'] },
        approvers: ['oncall'],
        required: 2,
        escalateAfterMs: [60_000, 120_000],
        breakGlass: ['leads'],
        keys: [{ keyId: 'alice-1', principal: 'alice', publicKey: KEY }],
      };
      Object.assign(document.groups[0], { approval: { required: 3, onTimeout: 'deny' } });
    };
    expect(problemsAfter(fits)).toEqual([]);
  });

  it('names everything that is wrong at once', () => {
    const wrong = (document: Loose): void => {
      document.approval = {
        groups: { oncall: ['alice'] },
        approvers: ['onkall'],
        required: 2,
        escalateAfterMs: [600_000],
        keys: [
          { keyId: 'k', principal: 'alice', publicKey: KEY },
          { keyId: 'k', principal: 'bob', publicKey: KEY },
        ],
      };
    };
    expect(problemsAfter(wrong).map(({ path }) => path)).toEqual([
      'approval.approvers[0]',
      'approval.required',
      'approval.escalateAfterMs[0]',
      'approval.keys[1].keyId',
      'approval.keys[1].publicKey',
    ]);
  });

  refuses([
    [
      'more people than there are',
      (document) => {
        document.approval = { groups: { oncall: ['alice', 'alice'] }, approvers: ['oncall'] };
        Object.assign(document.groups[0], { approval: { required: 2 } });
      },
      'groups[0].approval.required',
      '2',
      'at most 1',
    ],
    [
      'an escalation before the one before it',
      (document) => {
        document.approval = { escalateAfterMs: [2_000, 1_000] };
      },
      'approval.escalateAfterMs[1]',
      '1000',
      'more than the one before it, 2000',
    ],
    [
      'a group of people that is not there',
      (document) => {
        document.approval = { breakGlass: ['leads'], keys: [{ keyId: 'k', principal: 'x', publicKey: OTHER }] };
      },
      'approval.breakGlass[0]',
      'leads',
      'one of approval.groups',
    ],
  ]);
});
