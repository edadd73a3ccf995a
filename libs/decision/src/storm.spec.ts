import { describe, expect, it } from '@jest/globals';
import { clusterId, instant, runId, siteId, type Verdict } from '#libs/domain';
import { evidence, lagOf, SETTINGS, verdict } from '../../../test/support/decision-facts.js';
import { AT, home, names, seen } from '../../../test/support/decision-play.js';
import type { Settings } from './decision.js';
import type { Evidence, Neighbours } from './evidence.js';

const [a, b] = [siteId('a'), siteId('b')];
const HOUR_MS = SETTINGS.policy.coolDownMs;
const nobody: Neighbours = { turns: [], alone: [], inLine: [] };
const lost = (neighbours: Partial<Neighbours>, change: Partial<Verdict> = {}): Evidence =>
  evidence('a', {
    verdicts: [{ ...verdict('a', 'down', 'silent'), ...change }, verdict('b', 'up')],
    lag: lagOf('a-to-b'),
    neighbours: { ...nobody, ...neighbours },
  });
/** Its own monitor says down: the cluster is lost, and the site may be well. */
const ownWord = verdict('a', 'down', 'down').voices;
const turns = (count: number, agoMs = 1_000) =>
  Array.from({ length: count }, (_, index) => ({
    slot: index + 1,
    run: runId(`run-of-${index}`),
    since: instant(AT - agoMs),
  }));
const turnOf = (facts: Evidence, by?: Settings) =>
  seen(home, facts, AT, by).effects.find(({ kind }) => kind === 'take-turn');

describe('groups that leave a lost site', () => {
  it('are one event: the first opens it, and the others join', () => {
    const first = { kind: 'take-turn', run: 'run-2', turn: { kind: 'of-site', site: 'a', slot: 1, opensEvent: true } };
    expect(turnOf(lost({}))).toEqual(first);
    const joined = lost({ siteEvent: { site: a, since: instant(AT - HOUR_MS + 1) }, turns: turns(2) });
    expect(turnOf(joined)).toMatchObject({ turn: { slot: 3, opensEvent: false } });
    expect(turnOf(lost({ siteEvent: { site: a, since: instant(AT - HOUR_MS) } }))).toMatchObject({
      turn: { opensEvent: true },
    });
  });

  it('move three at a time, and one that takes too long does not hold up the others', () => {
    const waiting = seen(home, lost({ turns: turns(3) }));
    expect(waiting).toMatchObject({ rule: 'waits-for-its-turn', effects: [], state: { phase: 'suspecting' } });
    expect(seen(waiting.state, lost({ turns: turns(2) })).rule).toBe('start-failover');
    expect(seen(waiting.state, lost({ turns: turns(3, 60_000) })).rule).toBe('start-failover');
  });

  it('let better tiers go first, for a minute at most', () => {
    const inLine = [{ group: 'payments', site: a }];
    expect(seen(home, lost({ inLine })).rule).toBe('waits-for-its-turn');
    expect(seen(home, lost({ inLine: [{ group: 'payments', site: b }] })).rule).toBe('start-failover');
    expect(seen(home, lost({ inLine }, { failedForMs: 150_000 })).rule).toBe('start-failover');
  });
});

describe('a storm', () => {
  it('is a second site that is lost within the hour: people are asked, and it names both', () => {
    const second = lost({ siteEvent: { site: b, since: instant(AT - HOUR_MS + 1) } });
    const asked = seen(home, second);
    expect(asked.rule).toBe('ask-approval-because-vetoed');
    expect(asked.vetoes).toMatchObject([
      { name: 'storm', overridable: true, message: expect.stringMatching(/a .* b/) },
    ]);
    expect(seen(home, lost({ siteEvent: { site: b, since: instant(AT - HOUR_MS) } })).rule).toBe('start-failover');
  });

  it('is a third group that would move without its site being lost', () => {
    const moved = (place: number, agoMs: number) => ({ place, group: `g-${place}`, at: instant(AT - agoMs) });
    const ofCluster = (...alone: Neighbours['alone']) => lost({ alone }, { voices: ownWord });
    expect(turnOf(ofCluster(moved(1, 5)))).toMatchObject({ turn: { kind: 'alone', place: 2 } });
    expect(names(seen(home, ofCluster(moved(1, 5), moved(2, 7))))).toEqual(['storm']);
    expect(turnOf(ofCluster(moved(1, 5), moved(2, HOUR_MS)))).toMatchObject({ turn: { place: 2 } });
    const shape = { ...SETTINGS.shape, soleClusterAt: [a] };
    const asSite = turnOf(ofCluster(moved(1, 5), moved(2, 7)), { ...SETTINGS, shape });
    expect(asSite).toMatchObject({ turn: { kind: 'of-site' } });
  });

  it('is nothing while the cluster is well', () => {
    const calm = evidence('a', { neighbours: { ...nobody, siteEvent: { site: b, since: instant(AT) } } });
    expect(calm.verdicts[0]?.cluster).toBe(clusterId('kafka-a'));
    expect(seen(home, calm)).toMatchObject({ rule: 'active-up', vetoes: [] });
  });
});

describe('an override', () => {
  const lift = { veto: 'lag-unknown', by: 'bob', reason: 'the flow is known to be fine', until: instant(AT + 1) };

  it('is used up by the run that needed it, and by no other', () => {
    const unmeasured = { ...lost({}), lag: {} };
    expect(names(seen(home, unmeasured))).toEqual(['lag-unknown']);
    const used = { kind: 'use-overrides', vetoes: ['lag-unknown'] };
    expect(seen(home, { ...unmeasured, overrides: [lift] }).effects).toContainEqual(used);
    expect(seen(home, { ...lost({}), overrides: [lift] }).effects).not.toContainEqual(used);
  });
});
