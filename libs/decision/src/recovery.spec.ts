import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evidence, SETTINGS, verdict } from '../../../test/support/decision-facts.js';
import { a, ask, b, home, inPolicy } from '../../../test/support/decision-play.js';
import { siteId, type SiteVoice, type Verdict } from '#libs/domain';
import { missingRounds, recoveryOf } from './recovery.js';

const seenFor = (...rounds: readonly (number | undefined)[]): Verdict => ({
  ...verdict('a', 'up'),
  voices: rounds.map((goodRounds, index): SiteVoice => {
    const { goodRounds: _, ...voice } = verdict('a', 'up').voices[0] as SiteVoice;
    return { ...voice, site: siteId(`s${index}`), ...(goodRounds !== undefined && { goodRounds }) };
  }),
});
const policy = { quorum: 2, recoveredAfterRounds: 60 };

describe(recoveryOf.name, () => {
  it.each([
    ['a quorum has seen enough', [60, 61, 3], 0],
    ['one vantage has just started', [500, 0, 500], 0],
    ['only one has seen enough', [500, 23, 12], 37],
    ['all of them have just started', [1, 1, 1], 59],
    ['two sites are all there are', [70, 41], 19],
    ['one of two sites is silent', [70, undefined], 60],
    ['nobody counts', [undefined, undefined, undefined], 60],
    ['nobody looks', [], 60],
  ])('when %s', (_when, rounds, missing) => {
    expect(missingRounds(recoveryOf(seenFor(...rounds), policy))).toBe(missing);
  });

  it('is none of a cluster without a verdict', () => {
    expect(missingRounds(recoveryOf(undefined, policy))).toBe(60);
  });

  it('is never brought about by one vantage alone, whatever it says', () => {
    const few = fc.integer({ min: 0, max: 59 });
    const anything = fc.oneof(fc.nat(), fc.constantFrom(Infinity, Number.NaN, -1));
    fc.assert(
      fc.property(few, few, anything, (one, other, liar) => {
        expect(missingRounds(recoveryOf(seenFor(one, liar, other), policy))).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a failback', () => {
  const away = { ...home, active: b };
  const at = (...rounds: readonly number[]) =>
    evidence('b', {
      verdicts: [seenFor(...rounds), verdict('b', 'up')],
      overrides: [{ veto: 'not-recovered', by: 'bob', reason: 'in a hurry', until: Infinity as never }],
    });

  it('waits until the home has recovered, says how many rounds are missing, and nobody can lift that', () => {
    expect(ask(away, 'failback', undefined, at(59, 23, 12))).toMatchObject({
      rule: 'request-refused',
      effects: [],
      vetoes: [
        {
          name: 'not-recovered',
          overridable: false,
          message:
            'the cluster at a was good for 23 of the 60 rounds in a row after which it counts as recovered; 37 are missing',
        },
      ],
    });
    expect(ask(away, 'failback', undefined, at(60, 60, 12)).rule).toBe('ask-approval-for-failback');
  });

  it('takes the number from the policy', () => {
    const by = inPolicy({ recoveredAfterRounds: 12 });
    expect(ask(away, 'failback', a, at(23, 12, 0), by).rule).toBe('ask-approval-for-failback');
    expect(ask(away, 'failback', a, at(23, 11, 0), by).rule).toBe('request-refused');
  });
});

describe('a cluster that has just come back', () => {
  it('is a target in an emergency all the same', () => {
    const facts = evidence('a', { verdicts: [verdict('a', 'down', 'silent'), { ...verdict('b', 'up'), voices: [] }] });
    expect(ask(home, 'failover', 'b', facts, SETTINGS).vetoes.map(({ name }) => name)).not.toContain('not-recovered');
  });
});
