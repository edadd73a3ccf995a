import { describe, expect, it } from '@jest/globals';
import { clusterId, siteId, type Opinion, type SiteVoice } from '#libs/domain';
import fc from 'fast-check';
import { verdictOn } from './verdict.js';

const policy = { quorum: 2, dwellShortMs: 30_000, dwellLongMs: 90_000 };
const cluster = clusterId('kafka-a');
const home = siteId('a');

const voice = (site: string, opinion: SiteVoice['opinion'], failedForMs = 0): SiteVoice => ({
  site: siteId(site),
  opinion,
  failedForMs,
  healthyForMs: opinion === 'up' ? 60_000 : 0,
  reasons: [],
});

const judge = (own: SiteVoice['opinion'], b: SiteVoice['opinion'], w: SiteVoice['opinion']) =>
  verdictOn(cluster, home, [voice('a', own), voice('b', b), voice('w', w)], policy);

describe(verdictOn.name, () => {
  it.each([
    ['down', 'down', 'silent', 'down', 'verdict-2-down-by-own-report'],
    ['down', 'down', 'up', 'down', 'verdict-2-down-by-own-report'],
    ['silent', 'down', 'up', 'link-down', 'verdict-3-link-down'],
    ['up', 'down', 'up', 'link-down', 'verdict-3-link-down'],
    ['up', 'down', 'degraded', 'link-down', 'verdict-3-link-down'],
    ['up', 'down', 'down', 'asymmetric', 'verdict-4-asymmetric'],
    ['silent', 'down', 'down', 'down', 'verdict-5-down-by-quorum'],
    ['abstain', 'down', 'down', 'down', 'verdict-5-down-by-quorum'],
    ['silent', 'down', 'silent', 'no-quorum', 'verdict-6-no-quorum'],
    ['silent', 'down', 'suspect', 'no-quorum', 'verdict-6-no-quorum'],
    ['silent', 'up', 'up', 'monitor-lost', 'verdict-7-seen-up'],
    ['down', 'up', 'up', 'degraded', 'verdict-7-seen-up'],
    ['up', 'up', 'silent', 'up', 'verdict-7-seen-up'],
    ['suspect', 'up', 'suspect', 'up', 'verdict-7-seen-up'],
    ['silent', 'silent', 'silent', 'blind', 'verdict-8-blind'],
    ['silent', 'abstain', 'suspect', 'blind', 'verdict-8-blind'],
    ['up', 'silent', 'silent', 'no-quorum', 'verdict-9-no-quorum'],
    ['down', 'suspect', 'silent', 'no-quorum', 'verdict-9-no-quorum'],
  ] as const)('own %s, others %s and %s: %s', (own, b, w, kind, rule) => {
    expect(judge(own, b, w)).toMatchObject({ kind, rule });
  });

  it('counts the dwell from the voice that completes the quorum, not from the one that failed first', () => {
    const voices = [voice('a', 'silent'), voice('b', 'down', 600_000), voice('w', 'down', 4_000)];
    expect(verdictOn(cluster, home, voices, policy)).toMatchObject({ failedForMs: 4_000, dwellMs: 90_000 });
  });

  it('takes the short dwell only as far as the own report and another voice agree', () => {
    const voices = [voice('a', 'down', 31_000), voice('b', 'down', 12_000), voice('w', 'silent')];
    expect(verdictOn(cluster, home, voices, policy)).toMatchObject({ failedForMs: 12_000, dwellMs: 30_000 });
  });

  it('has one answer for every combination of voices, and never "down" without a dwell', () => {
    const opinion = fc.constantFrom<SiteVoice['opinion']>('up', 'degraded', 'suspect', 'down', 'abstain', 'silent');
    fc.assert(
      fc.property(fc.array(opinion, { maxLength: 5 }), (opinions) => {
        const voices = opinions.map((each, index) => voice(index === 0 ? 'a' : `s${index}`, each));
        const verdict = verdictOn(cluster, home, voices, policy);
        expect(verdict.kind === 'down').toBe(verdict.dwellMs !== undefined);
      }),
    );
  });

  it('never says down because of one site alone', () => {
    const calm = fc.constantFrom<Opinion | 'silent'>('up', 'degraded', 'suspect', 'abstain', 'silent');
    fc.assert(
      fc.property(calm, calm, calm, fc.nat(2), (a, b, w, liar) => {
        const opinions = [a, b, w].map((each, index) => (index === liar ? 'down' : each));
        const voices = opinions.map((each, index) => voice(['a', 'b', 'w'][index] as string, each, 1e9));
        expect(verdictOn(cluster, home, voices, policy).kind).not.toBe('down');
      }),
    );
  });
});

describe('a cluster that calls itself something else', () => {
  const named = (opinions: readonly SiteVoice['opinion'][], names: readonly (string | undefined)[]) =>
    opinions.map((opinion, index) => ({
      ...voice(['a', 'b', 'w'][index] as string, opinion),
      ...(names[index] !== undefined && { kafkaClusterId: names[index] }),
    }));
  const kindOf = (opinions: readonly SiteVoice['opinion'][], names: readonly (string | undefined)[], knownAs = 'one') =>
    verdictOn(cluster, home, named(opinions, names), policy, knownAs).kind;

  it.each([
    ['all say so', ['other', 'other', 'other']],
    ['most say so', ['other', 'one', 'other']],
    ['only one reaches it', [undefined, undefined, 'other']],
    ['one of two says otherwise', ['other', 'one', undefined]],
  ])('is another one, whatever else is said: %s', (_when, names) => {
    expect(kindOf(['up', 'up', 'up'], names)).toBe('reborn-empty');
  });

  it.each([
    ['they all know it', ['one', 'one', 'one']],
    ['one of three is wrong', ['one', 'one', 'other']],
    ['nobody says what it is called', [undefined, undefined, undefined]],
  ])('is the same while %s', (_when, names) => {
    expect(kindOf(['up', 'up', 'up'], names)).toBe('up');
  });

  it('is nobody known before', () => {
    expect(verdictOn(cluster, home, named(['up', 'up', 'up'], ['x', 'y', 'z']), policy).kind).toBe('up');
  });
});
