import { describe, expect, it } from '@jest/globals';
import { TroubledClock } from '../../../../test/support/troubled-clock.js';
import { SelfDoubt } from './self-doubt.js';
import { TcpReach } from './tcp-reach.js';

class Anchors extends TcpReach {
  reachable = 3;
  override connects = async ({ port }: { readonly port: number }) => port <= this.reachable;
}

const anchors = [1, 2, 3].map((port) => ({ host: 'anchor', port }));

const started = async () => {
  const clock = new TroubledClock();
  const reach = new Anchors();
  const doubt = new SelfDoubt(clock, reach, { roundMs: 500, probeTimeoutMs: 400, eventLoopLagMaxMs: 200, anchors });
  doubt.start();
  await clock.advance(2_000);
  return { clock, reach, doubt, now: () => doubt.since(clock.monotonicMs() - 400) };
};

describe('self-doubt', () => {
  it('has none while anchors answer and time passes as it should', async () => {
    const { clock, now } = await started();
    for (let round = 0; round < 20; round++) {
      expect(now()).toBeUndefined();
      await clock.advance(500);
    }
  });

  it('doubts before the anchors have answered once', () => {
    const clock = new TroubledClock();
    const policy = { roundMs: 500, probeTimeoutMs: 400, eventLoopLagMaxMs: 200, anchors };
    expect(new SelfDoubt(clock, new Anchors(), policy).since(0)).toMatchObject({ kind: 'passing' });
  });

  it('doubts while fewer than two anchors can be reached', async () => {
    const { clock, reach, now } = await started();
    reach.reachable = 2;
    await clock.advance(1_000);
    expect(now()).toBeUndefined();
    reach.reachable = 1;
    await clock.advance(1_000);
    expect(now()).toEqual({ kind: 'passing', reason: 'only 1 of 3 anchors can be reached' });
    reach.reachable = 3;
    await clock.advance(1_000);
    expect(now()).toBeUndefined();
  });

  it('doubts a round in which the event loop stood still, also when nothing has run since', async () => {
    const { clock, now } = await started();
    clock.lateByMs = 350;
    expect(now()?.reason).toMatch(/^the event loop lagged \d+ ms$/);
    await clock.advance(2_000);
    expect(now()).toBeUndefined();
  });

  it('believes nothing from before a clock jump, in either direction', async () => {
    const { clock, now } = await started();
    for (const setByMs of [5_000, -5_000]) {
      clock.setByMs = setByMs;
      await clock.advance(100);
      expect(now()).toMatchObject({ kind: 'breaking' });
      await clock.advance(2_000);
      expect(now()).toBeUndefined();
    }
  });
});
