import { describe, expect, it } from '@jest/globals';
import { keyringOf, observationEvent, signVote, type Observation } from '#libs/contracts';
import { decide, initialGroupState, type Evidence } from '#libs/decision';
import { approvalId, clusterId, instant, processId, runId, siteId, type Vote } from '#libs/domain';
import { keys, type Entry, type Revision } from '#libs/journal';
import { observationsChannel } from '#libs/messaging';
import fc from 'fast-check';
import { evidence, SETTINGS, verdict } from '../../../../test/support/decision-facts.js';
import { b, stageKey, stageTopology, w } from '../../../../test/support/stage-topology.js';
import { OpenedVotes } from '../group/opened-votes.js';

const keyring = keyringOf(stageTopology());
const process = processId('health-monitor@b');
const cluster = clusterId('kafka-a');
const said = {
  incarnation: '1',
  sequence: 7,
  opinion: 'down',
  reason: '',
  failedForMs: 1,
  healthyForMs: 0,
  flows: [],
} as const;

const observation: Observation = {
  vantage: b,
  process,
  cluster,
  probes: [],
  recorded: true,
  configHash: 'x',
  ...said,
  flows: [],
};
const event = (change: object = {}, key = stageKey(b)) =>
  observationEvent({ ...observation, ...change }, { time: new Date(0) }, key);
const lag = { flow: 'a-to-b', lagRecords: 1, lagMs: 1, sampleAgeMs: 1 };

describe('an observation that does not count', () => {
  const open = (text: string) => observationsChannel(keyring).open(text, 'event');

  it.each([
    ['no JSON', '{', 'no JSON'],
    ['nothing', '', 'no JSON'],
    ['another thing', '[]', 'expected object'],
    ['of a version that nobody knows', JSON.stringify({ ...event(), type: 'io.signalbox.observation.v9' }), 'type: '],
    ['by a key that nobody knows', JSON.stringify(event({}, { ...stageKey(b), keyId: 'z-1' })), 'key z-1 is unknown'],
    ['of a vantage that is not the signer', JSON.stringify(event({ vantage: w })), 'is of site b, not of w'],
    ['of a vantage that nobody knows', JSON.stringify(event({ vantage: siteId('x') })), 'not of x'],
    ['changed on its way', JSON.stringify({ ...event(), subject: 'kafka-b' }), 'does not hold'],
    [
      'with a lag that is no number',
      JSON.stringify(event({ flows: [lag] })).replace('"lagMs":1', '"lagMs":null'),
      'flows.0.lagMs',
    ],
    ['with a negative lag', JSON.stringify(event({ flows: [{ ...lag, lagMs: -1 }] })), 'flows.0.lagMs'],
    ['with less than no records behind', JSON.stringify(event({ flows: [{ ...lag, lagRecords: -1 }] })), 'lagRecords'],
    [
      'with an endless duration',
      JSON.stringify(event()).replace('"failedForMs":1', '"failedForMs":1e999'),
      'failedForMs',
    ],
    ['with a sequence that is no whole number', JSON.stringify(event({ sequence: 1.5 })), 'sequence'],
  ])('is %s', (_what, text, reason) => {
    const opened = open(text);
    expect(opened.ok).toBe(false);
    expect(opened.ok ? '' : opened.problem.message).toContain(reason);
  });

  it('is anything at all', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !open(text).ok));
  });
});

describe('a vote that does not count', () => {
  const signed = (change: Partial<Vote> = {}, key = stageKey(b)) =>
    signVote({ site: b, process, cluster, ...said, ...change }, key);
  const entry = (vote: object, key = keys.vote(cluster, b, process)): Entry => ({
    key,
    value: JSON.stringify(vote),
    revision: 1 as Revision,
  });
  const opened = () => {
    const problems: string[] = [];
    return { problems, votes: new OpenedVotes(keyring, ({ message }) => problems.push(message)) };
  };

  it.each([
    ['malformed', entry({}), 'is malformed'],
    ['signed by nobody known', entry(signed({}, { ...stageKey(b), keyId: 'z-1' })), 'key z-1 is unknown'],
    ['signed by another site', entry(signed({}, stageKey(w))), 'is of site w, not of b'],
    ['changed afterwards', entry({ ...signed(), opinion: 'up' }), 'does not hold'],
    [
      'under the name of another process',
      entry(signed(), keys.vote(cluster, b, processId('second'))),
      'it is the vote of',
    ],
    ['under another cluster', entry(signed(), keys.vote(clusterId('kafka-b'), b, process)), 'it is the vote of'],
  ])('is one that is %s, and is told of once', (_what, held, reason) => {
    const { problems, votes } = opened();
    for (let look = 0; look < 3; look++) expect(votes.open(held).ok).toBe(false);
    expect(problems).toEqual([expect.stringContaining(reason)]);
  });

  it('is an old one that is put back, again and again, until the process speaks anew', () => {
    const { problems, votes } = opened();
    expect(votes.open(entry(signed({ sequence: 7 }))).ok).toBe(true);
    expect(votes.open(entry(signed({ sequence: 5 }))).ok).toBe(false);
    expect(votes.open(entry(signed({ sequence: 6 }))).ok).toBe(false);
    expect(votes.open(entry(signed({ sequence: 8 }))).ok).toBe(true);
    expect(votes.open(entry(signed({ sequence: 1, incarnation: '2' }))).ok).toBe(true);
    expect(problems).toHaveLength(2);
  });
});

describe('the decision', () => {
  const number = fc.constantFrom(NaN, Infinity, -Infinity, -1, 0);

  it('neither throws nor starts anything on numbers that mean nothing', () => {
    fc.assert(
      fc.property(number, number, number, number, (failedForMs, lagMs, sampleAgeMs, healthyForMs) => {
        const down = verdict('a', 'down', 'silent');
        const up = verdict('b', 'up');
        const hostile: Evidence = {
          ...evidence('a'),
          verdicts: [
            { ...down, failedForMs: failedForMs === Infinity ? NaN : failedForMs },
            { ...up, voices: up.voices.map((voice) => ({ ...voice, healthyForMs })) },
          ],
          lag: { 'kafka-a': { ...lag, lagMs, sampleAgeMs } as never },
        };
        const fresh = { run: runId('r'), approval: approvalId('p') };
        const state = initialGroupState('orders' as never, siteId('a'));
        const { effects } = decide(state, { kind: 'evaluated', at: instant(0), evidence: hostile, fresh }, SETTINGS);
        expect(effects).toEqual([]);
      }),
    );
  });
});
