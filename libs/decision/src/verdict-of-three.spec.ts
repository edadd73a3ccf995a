import { describe, expect, it } from '@jest/globals';
import { evidence, guard, SETTINGS, verdict as verdictAt } from '../../../test/support/decision-facts.js';
import { AT, fresh, home as atHome } from '../../../test/support/decision-play.js';
import { clusterId, instant, siteId, type SiteVoice, type Verdict, type VerdictKind } from '#libs/domain';
import { decide } from './decide.js';
import type { Settings } from './decision.js';
import { verdictOn } from './verdict.js';

type Opinion = SiteVoice['opinion'];
type Combination = readonly [own: Opinion, one: Opinion, two: Opinion, three: Opinion];

const OPINIONS: readonly Opinion[] = ['up', 'degraded', 'suspect', 'down', 'abstain', 'silent'];
const [a, b, c, w] = [siteId('a'), siteId('b'), siteId('c'), siteId('w')];
const SITES = [a, b, c, w] as const;
const LONG_AGO_MS = 3_600_000;

const COMBINATIONS: readonly Combination[] = OPINIONS.flatMap((own) =>
  OPINIONS.flatMap((one) => OPINIONS.flatMap((two) => OPINIONS.map((three): Combination => [own, one, two, three]))),
);

const judge = (opinions: Combination, quorum = 2): Verdict =>
  verdictOn(
    clusterId('kafka-a'),
    a,
    opinions.map((opinion, index) => ({
      site: SITES[index] ?? w,
      opinion,
      failedForMs: opinion === 'down' ? LONG_AGO_MS : 0,
      healthyForMs: opinion === 'up' ? LONG_AGO_MS : 0,
      reasons: [],
    })),
    { quorum, dwellShortMs: 30_000, dwellLongMs: 90_000 },
  );

/** What counts in a combination. */
interface Count {
  readonly own: 'good' | 'bad' | 'silent' | 'unsure';
  readonly down: number;
  readonly up: number;
}

const OWN: Readonly<Record<Opinion, Count['own']>> = {
  up: 'good',
  degraded: 'good',
  down: 'bad',
  suspect: 'unsure',
  abstain: 'silent',
  silent: 'silent',
};

const countOf = ([own, ...others]: Combination): Count => ({
  own: OWN[own],
  down: others.filter((opinion) => opinion === 'down').length,
  up: others.filter((opinion) => opinion === 'up' || opinion === 'degraded').length,
});

/** The table of the verdict once more, each row with all that the rows above it leave over: none of them overlap. */
const REGIONS: Readonly<Record<string, (count: Count, quorum: number) => boolean>> = {
  'verdict-2-down-by-own-report': ({ own, down }) => own === 'bad' && down > 0,
  'verdict-3-link-down': ({ own, down, up }) => own !== 'bad' && down > 0 && up > 0,
  'verdict-4-asymmetric': ({ own, down, up }, quorum) => own === 'good' && down >= quorum && up === 0,
  'verdict-5-down-by-quorum': ({ own, down, up }, quorum) =>
    (own === 'silent' || own === 'unsure') && down >= quorum && up === 0,
  'verdict-6-no-quorum': ({ own, down, up }, quorum) => own !== 'bad' && down > 0 && down < quorum && up === 0,
  'verdict-7-seen-up': ({ down, up }) => down === 0 && up > 0,
  'verdict-8-blind': ({ own, down, up }) => own === 'silent' && down === 0 && up === 0,
  'verdict-9-no-quorum': ({ own, down, up }) => own !== 'silent' && down === 0 && up === 0,
};

const KINDS: Readonly<Record<string, readonly VerdictKind[]>> = {
  'verdict-2-down-by-own-report': ['down'],
  'verdict-3-link-down': ['link-down'],
  'verdict-4-asymmetric': ['asymmetric'],
  'verdict-5-down-by-quorum': ['down'],
  'verdict-6-no-quorum': ['no-quorum'],
  'verdict-7-seen-up': ['up', 'degraded', 'monitor-lost'],
  'verdict-8-blind': ['blind'],
  'verdict-9-no-quorum': ['no-quorum'],
};

const wrong = (found: (combination: Combination) => string | undefined): readonly string[] =>
  COMBINATIONS.flatMap((combination) => {
    const problem = found(combination);
    return problem === undefined ? [] : [`${combination.join(' ')}: ${problem}`];
  });

describe('the verdict on one of three data sites with a witness, in every combination of opinions', () => {
  it.each([2, 3])('is by exactly one row of the table, with a quorum of %i', (quorum) => {
    const problems = wrong((combination) => {
      const count = countOf(combination);
      const matching = Object.keys(REGIONS).filter((rule) => REGIONS[rule]?.(count, quorum));
      const { rule, kind } = judge(combination, quorum);
      const isRight = matching.length === 1 && matching[0] === rule && KINDS[rule]?.includes(kind);
      return isRight ? undefined : `${kind} by ${rule}, and it should be ${matching.join(' or ')}`;
    });
    expect(problems).toEqual([]);
  });

  it('says of what others see up how its own report differs', () => {
    const kindBy = { good: 'up', unsure: 'up', bad: 'degraded', silent: 'monitor-lost' } as const;
    const problems = wrong((combination) => {
      const { rule, kind } = judge(combination);
      const expected = kindBy[countOf(combination).own];
      return rule !== 'verdict-7-seen-up' || kind === expected ? undefined : `${kind}, and not ${expected}`;
    });
    expect(problems).toEqual([]);
  });

  it('does not depend on which of the others says what', () => {
    const problems = wrong(([own, one, two, three]) => {
      const said = [
        [one, two, three],
        [two, three, one],
        [three, one, two],
        [three, two, one],
      ] as const;
      const rules = new Set(said.map((others) => judge([own, ...others]).rule));
      return rules.size === 1 ? undefined : [...rules].join(' and ');
    });
    expect(problems).toEqual([]);
  });
});

describe('a group over three data sites with a witness, in every combination of opinions on the active one', () => {
  const settings: Settings = {
    ...SETTINGS,
    shape: {
      ...SETTINGS.shape,
      sites: [a, b, c],
      clusters: { a: 'kafka-a', b: 'kafka-b', c: 'kafka-c' },
      flows: [...SETTINGS.shape.flows, { id: 'a-to-c', from: a, to: c }],
      names: [],
      configs: [],
    },
  };
  const others = [verdictAt('b', 'up'), { ...verdictAt('b', 'up'), cluster: clusterId('kafka-c') }];
  const decided = (combination: Combination) => {
    const facts = evidence('a', {
      verdicts: [judge(combination), ...others],
      guards: { a: guard('a'), b: guard('b'), c: guard('b') },
    });
    return decide(atHome, { kind: 'evaluated', at: instant(AT), evidence: facts, fresh }, settings);
  };

  it('moves by itself when a quorum says down and nobody says otherwise, and in no other', () => {
    const problems = wrong((combination) => {
      const { own, down, up } = countOf(combination);
      const isAgreed = own === 'bad' ? down >= 1 : down >= 2 && up === 0 && own !== 'good';
      const { effects, rule } = decided(combination);
      const isMoved = effects.some(({ kind }) => kind === 'start-run');
      return isMoved === isAgreed ? undefined : rule;
    });
    expect(problems).toEqual([]);
  });

  it('moves to the first site that is declared, and to the next one while that is on its way back', () => {
    const { state } = decided(['silent', 'down', 'down', 'down']);
    expect(state).toMatchObject({ phase: 'running', kind: 'failover', target: 'b' });
    const away = { phase: 'quarantined', since: instant(0), rule: 'x', leftBy: fresh.run } as const;
    const facts = evidence('a', {
      verdicts: [judge(['silent', 'down', 'down', 'down']), ...others],
      lag: { 'kafka-a': { flow: 'a-to-c' as never, lagRecords: 1, lagMs: 40, sampleAgeMs: 900 } },
    });
    const event = { kind: 'evaluated', at: instant(AT), evidence: facts, fresh } as const;
    expect(decide({ ...atHome, returning: { b: away } }, event, settings).state).toMatchObject({ target: 'c' });
  });
});
