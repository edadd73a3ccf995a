import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evidence, guard, SETTINGS, verdict } from '../../../test/support/decision-facts.js';
import { a, ask, AT, away, b, close, home, names, seen } from '../../../test/support/decision-play.js';
import { clusterId, instant, type SiteVoice, type Verdict } from '#libs/domain';
import { decide } from './decide.js';
import { permittedAccess, type GroupState } from './group-state.js';
import { anotherThan } from './identity.js';
import { verdictOn } from './verdict.js';

type Site = 'a' | 'b';
const policy = { quorum: 2, dwellShortMs: 30_000, dwellLongMs: 90_000 };

/** The verdict on a site's cluster that all call by this name, against what it is known as. */
function called(site: Site, name: string, knownAs?: string, opinion: SiteVoice['opinion'] = 'up'): Verdict {
  const voices = verdict(site, 'up').voices.map((voice) => ({ ...voice, opinion, kafkaClusterId: name }));
  return verdictOn(clusterId(`kafka-${site}`), site === 'a' ? a : b, voices, policy, knownAs);
}

const known: GroupState = { ...home, knownAs: { a: 'A1', b: 'B1' } };
const rebornAt = (site: Site) =>
  evidence('a', {
    verdicts: [called('a', site === 'a' ? 'A2' : 'A1', 'A1'), called('b', site === 'b' ? 'B2' : 'B1', 'B1')],
  });
const released = (state: GroupState, site: Site) =>
  decide(state, { kind: 'released', at: instant(AT), site: site === 'a' ? a : b }, SETTINGS).state;

describe('what a cluster calls itself', () => {
  const first = evidence('a', { verdicts: [called('a', 'A1'), called('b', 'B1')] });

  it('is known from when a quorum has first seen it, site by site, and each time audited', () => {
    const one = seen(home, first);
    expect(one).toMatchObject({ rule: 'cluster-first-seen', state: { knownAs: { a: 'A1' }, rule: 'initial' } });
    const two = seen(one.state, first);
    expect(two).toMatchObject({ rule: 'cluster-first-seen', state: { knownAs: { a: 'A1', b: 'B1' } } });
    expect(seen(two.state, first).rule).toBe('active-up');
  });

  it.each([
    ['one vantage alone says it', ['A1', undefined, undefined]],
    ['they do not agree', ['A1', 'A1', 'A2']],
    ['nobody says it', [undefined, undefined, undefined]],
  ])('is not known while %s', (_while, said) => {
    const voices = verdict('a', 'up').voices.map((voice, index) => {
      const kafkaClusterId = said[index];
      return kafkaClusterId === undefined ? voice : { ...voice, kafkaClusterId };
    });
    const facts = evidence('a', { verdicts: [{ ...verdict('a', 'up'), voices }, verdict('b', 'up')] });
    expect(seen(home, facts).state.knownAs).toBeUndefined();
  });

  it('stays known whatever becomes of the group', () => {
    const facts = evidence('a', { verdicts: [verdict('a', 'down', 'silent'), called('b', 'B1', 'B1')] });
    const moving = seen(known, facts).state;
    expect(moving).toMatchObject({ phase: 'running', knownAs: known.knownAs });
    expect(close(moving)).toMatchObject({ active: 'b', knownAs: known.knownAs });
  });
});

describe('a standby whose Kafka is another cluster', () => {
  const found = seen(known, rebornAt('b'));

  it('is lost, closed to everybody, and taken into quarantine', () => {
    expect(found).toMatchObject({
      rule: 'site-reborn',
      state: { returning: { b: { phase: 'lost', rebornAs: 'B2' } } },
    });
    expect(permittedAccess(found.state, b)).toBe('none');
    const taken = seen(found.state, rebornAt('b'));
    expect(taken).toMatchObject({ rule: 'start-quarantine', state: { kind: 'quarantine', target: 'b' } });
    expect(close(taken.state).returning['b']).toMatchObject({ phase: 'quarantined', rebornAs: 'B2' });
  });

  it('is nowhere to go, by the rules or by anybody, also when the active site is lost in that very moment', () => {
    const facts = evidence('a', { verdicts: [verdict('a', 'down', 'silent'), called('b', 'B2', 'B1')] });
    const lost = seen(known, facts);
    expect(lost).toMatchObject({ rule: 'failover-vetoed', effects: [] });
    expect(names(lost)).toContain('target-unhealthy');
    for (const kind of ['failover', 'switchover'] as const) {
      expect(ask(known, kind, 'b', rebornAt('b'))).toMatchObject({ rule: 'request-refused', effects: [] });
    }
  });

  it('is not protected again from a watermark: there is nothing before it', () => {
    const before: GroupState = { ...away({}), knownAs: { a: 'A1', b: 'B1' } };
    const facts = { ...rebornAt('a'), guards: { a: guard('a'), b: guard('b') } };
    const reborn = seen(before, facts).state;
    expect(reborn.returning['a']).toMatchObject({ phase: 'lost', rebornAs: 'A2' });
    expect(reborn.returning['a']?.watermark).toBeUndefined();
    const quarantined = close(seen(reborn, facts).state);
    expect(names(ask(quarantined, 'reprotect', 'a', facts))).toContain('watermark-unknown');
  });

  it('is known as what it is now once a person has released it', () => {
    const free = released(found.state, 'b');
    expect(free).toMatchObject({ returning: {}, knownAs: { a: 'A1' } });
    const facts = evidence('a', { verdicts: [called('a', 'A1', 'A1'), called('b', 'B2')] });
    expect(seen(free, facts)).toMatchObject({ rule: 'cluster-first-seen', state: { knownAs: { a: 'A1', b: 'B2' } } });
  });
});

describe('an active cluster that is another one', () => {
  it('is told, and nothing is taken away or moved', () => {
    const told = seen(known, rebornAt('a'));
    expect(told).toMatchObject({ rule: 'active-reborn-empty', effects: [], state: { phase: 'steady', returning: {} } });
    expect(permittedAccess(told.state, a)).toBe('clients');
    expect(released(told.state, 'a').knownAs).toEqual({ b: 'B1' });
  });
});

describe(anotherThan.name, () => {
  it('never believes one of three against the two others', () => {
    const voice = (name: string): SiteVoice => ({
      ...(verdict('a', 'up').voices[0] as SiteVoice),
      kafkaClusterId: name,
    });
    fc.assert(
      fc.property(fc.string(), fc.nat(2), (lie, liar) => {
        const voices = [0, 1, 2].map((index) => voice(index === liar ? lie : 'A1'));
        expect(anotherThan('A1', voices)).toBeUndefined();
      }),
    );
  });
});

describe('a cluster whose log ends before where it ended, under its old name', () => {
  const BECAUSE = 'orders-0 ends at 0 and ended at 1200';
  /** As one site measured it that follows the cluster; the others only know the name. */
  const fallen = (site: Site) => {
    const voices = called(site, site === 'a' ? 'A1' : 'B1').voices.map((voice, index) =>
      index === 0 ? { ...voice, rebornBecause: BECAUSE } : voice,
    );
    return verdictOn(clusterId(`kafka-${site}`), site === 'a' ? a : b, voices, policy, site === 'a' ? 'A1' : 'B1');
  };
  const facts = (site: Site) =>
    evidence('a', {
      verdicts: [
        site === 'a' ? fallen('a') : called('a', 'A1', 'A1'),
        site === 'b' ? fallen('b') : called('b', 'B1', 'B1'),
      ],
    });

  it('is another one, whoever else calls it by its name', () => {
    expect(fallen('b')).toMatchObject({ kind: 'reborn-empty', rule: 'verdict-1-reborn-empty' });
  });

  it('closes a standby, and says what was measured', () => {
    const found = seen(known, facts('b'));
    expect(found).toMatchObject({
      rule: 'site-reborn',
      state: { returning: { b: { phase: 'lost', rebornAs: `B1, where ${BECAUSE}` } } },
    });
    const later = {
      ...found.state,
      returning: { b: { ...found.state.returning['b']!, phase: 'quarantined' as const } },
    };
    expect(seen(later, facts('b')).rule).not.toBe('site-reborn');
  });

  it('keeps the record while nobody measures it any more, until a person releases the site', () => {
    const { state } = seen(known, facts('b'));
    const calm = evidence('a', { verdicts: [called('a', 'A1', 'A1'), called('b', 'B1', 'B1')] });
    expect(seen(state, calm).state.returning['b']?.rebornAs ?? state.returning['b']?.rebornAs).toContain(BECAUSE);
    expect(released(state, 'b').returning).toEqual({});
  });

  it('never has clients taken from it where they write', () => {
    expect(seen(known, facts('a')).state).toMatchObject({ active: 'a', returning: {} });
  });
});
