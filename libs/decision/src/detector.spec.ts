import { describe, expect, it } from '@jest/globals';
import { judge, NO_STREAK, type Doubt, type Judgement, type Round } from './detector.js';

const policy = { roundMs: 1_000, suspectAfterRounds: 3, downAfterRounds: 6 };

type Kind = 'good' | 'failed' | 'partial' | 'minority' | Doubt;

/** Plays rounds of one second each, which take 100 ms; a number lets that many seconds pass without a round. */
function play(...kinds: readonly (Kind | number)[]): Judgement[] {
  const judgements: Judgement[] = [];
  let atMs = 10_000;
  for (const kind of kinds) {
    if (typeof kind === 'number') {
      atMs += kind * 1_000;
      continue;
    }
    judgements.push(judge(judgements.at(-1)?.streak ?? NO_STREAK, roundOf(kind, atMs), policy));
    atMs += 1_000;
  }
  return judgements;
}

const roundOf = (kind: Kind, startedAtMs: number): Round => ({
  startedAtMs,
  endedAtMs: startedAtMs + 100,
  canary: { partitions: 3, failed: kind === 'failed' ? 2 : kind === 'minority' ? 1 : 0 },
  complaints: kind === 'partial' ? [{ probe: 'quorum', detail: 'the quorum has no leader' }] : [],
  ...(typeof kind === 'object' && { doubt: kind }),
});

const times = <T>(count: number, kind: T): T[] => Array.from({ length: count }, () => kind);
const last = (...kinds: readonly (Kind | number)[]): Judgement => play(...kinds).at(-1)!;
const lagging: Doubt = { kind: 'passing', reason: 'the event loop lagged 900 ms' };
const jumped: Doubt = { kind: 'breaking', reason: 'the clock jumped by 5000 ms' };

describe('the detector', () => {
  it('goes from up over degraded and suspect to down, counting from the first failed round', () => {
    const judgements = play('good', ...times(7, 'failed' as const));
    expect(judgements.map(({ opinion }) => opinion)).toEqual([
      'up',
      'degraded',
      'degraded',
      'suspect',
      'suspect',
      'suspect',
      'down',
      'down',
    ]);
    expect(judgements.map(({ failedForMs }) => failedForMs)).toEqual([
      0, 100, 1_100, 2_100, 3_100, 4_100, 5_100, 6_100,
    ]);
    expect(judgements.at(-1)).toMatchObject({
      reason: 'produce failed on 2 of 3 canary partitions for 7 rounds',
      healthyForMs: 0,
    });
  });

  it('counts good rounds: a failed one ends the count, a partial one is none of them, and a doubt is no round', () => {
    const counts = play('good', 'good', 'partial', 'good', lagging, 'good', 'failed', 'good').map(
      ({ goodRounds }) => goodRounds,
    );
    expect(counts).toEqual([1, 2, 2, 3, 3, 4, 0, 1]);
    expect(last('good', 'good', ...times(3, 'partial' as const), 'good').goodRounds).toBe(1);
    expect(last('good', 'good', jumped, 'good').goodRounds).toBe(1);
    expect(last('good', 'good', 60, 'good').goodRounds).toBe(1);
  });

  it('starts anew after one good round', () => {
    expect(last(...times(5, 'failed' as const), 'good')).toMatchObject({
      opinion: 'up',
      failedForMs: 0,
      healthyForMs: 0,
    });
    expect(last(...times(5, 'failed' as const), 'good', 'failed')).toMatchObject({
      opinion: 'degraded',
      failedForMs: 100,
    });
  });

  it('never says down for partial failures, however long they last', () => {
    for (const kind of ['partial', 'minority'] as const) {
      expect(play(...times(20, kind)).map(({ opinion }) => opinion)).toEqual(times(20, 'degraded'));
    }
    expect(last('minority').reason).toBe('produce failed on 1 of 3 canary partitions');
    expect(last('partial').reason).toBe('the quorum has no leader');
  });

  it('says how bad a round was, by the weight of what failed, and the heaviest first', () => {
    const judged = (failed: number, ...complaints: Round['complaints']) =>
      judge(NO_STREAK, { startedAtMs: 0, endedAtMs: 1, canary: { partitions: 4, failed }, complaints }, policy);
    const tcp = { probe: 'tcp', detail: 'tcp: no answer' } as const;
    const metadata = { probe: 'metadata', detail: 'metadata: no answer' } as const;
    const quorum = { probe: 'quorum', detail: 'quorum: no leader' } as const;
    const consume = { probe: 'consume', detail: 'consume: something else' } as const;
    expect(judged(0).score).toBe(100);
    expect(judged(1)).toMatchObject({ score: 90, opinion: 'degraded' });
    expect(judged(0, consume)).toMatchObject({ score: 96, opinion: 'degraded' });
    expect(judged(0, tcp, quorum)).toMatchObject({ score: 80, reason: 'quorum: no leader; tcp: no answer' });
    expect(judged(4, tcp, metadata, quorum).score).toBe(25);
    expect(judged(4, tcp, metadata, quorum, { probe: 'partitions', detail: '' }, consume).score).toBe(1);
  });

  it('tells of a certificate, and calls nothing degraded for it', () => {
    const complaints = [{ probe: 'certificate', detail: 'certificate: ends in 3 days' }] as const;
    const round = { startedAtMs: 0, endedAtMs: 1, canary: { partitions: 3, failed: 0 }, complaints };
    expect(judge(NO_STREAK, round, policy)).toMatchObject({
      opinion: 'up',
      reason: 'certificate: ends in 3 days',
      score: 95,
    });
  });

  it('takes a round without a canary partition for no failure', () => {
    const round = { startedAtMs: 0, endedAtMs: 1, canary: { partitions: 0, failed: 0 }, complaints: [] };
    expect(judge(NO_STREAK, round, policy)).toMatchObject({ opinion: 'up', score: 100 });
  });

  it('counts health from the first good round, and forgives one partial round but not a series', () => {
    expect(last('good', 'good', 'good').healthyForMs).toBe(2_000);
    expect(last('good', 'good', 'partial', 'good').healthyForMs).toBe(3_000);
    expect(last('good', 'good', ...times(3, 'partial' as const), 'good').healthyForMs).toBe(0);
    expect(last('good', 'good', 'failed', 'good').healthyForMs).toBe(0);
  });

  it('leaves out rounds that the observer does not vouch for', () => {
    expect(last(...times(5, 'failed' as const), lagging)).toMatchObject({ opinion: 'abstain', reason: lagging.reason });
    expect(last(...times(5, 'failed' as const), lagging, 'failed')).toMatchObject({ opinion: 'down' });
    expect(last(...times(5, 'failed' as const), ...times(4, lagging), 'failed')).toMatchObject({ opinion: 'degraded' });
  });

  it('believes nothing from before a clock jump or a pause', () => {
    expect(last(...times(5, 'failed' as const), jumped, 'failed')).toMatchObject({
      opinion: 'degraded',
      failedForMs: 100,
    });
    expect(last(...times(9, 'failed' as const), 3_600, 'failed')).toMatchObject({
      opinion: 'degraded',
      failedForMs: 100,
    });
    expect(last('good', 3_600, 'good')).toMatchObject({ opinion: 'up', healthyForMs: 0 });
  });
});
