import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExplainAnswer } from '#libs/contracts';
import { a, b, Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';

let stage: Stage;
let desk: OperatorDesk;
beforeEach(async () => {
  stage = new Stage({ mode: 'automatic', fenceMode: 'strict' });
  desk = await OperatorDesk.open(stage);
});
afterEach(() => desk.close());

const explained = async (): Promise<ExplainAnswer> => (await desk.get('viewer', 'explain')).body as ExplainAnswer;

describe('what the API explains', () => {
  it('names every vote on the active cluster, and how long it has been known as it is', async () => {
    await stage.allWell();
    await stage.vote(b, 'kafka-a', 'suspect', 9_000);
    await explained();
    await stage.clock.advance(700);
    await stage.vote(a, 'kafka-a', 'up');
    const votes = (await explained()).votes?.map(({ site, opinion, failedForMs, ageMs }) => [
      site,
      opinion,
      failedForMs,
      ageMs,
    ]);
    expect(votes).toEqual([
      ['a', 'up', 0, 0],
      ['b', 'suspect', 9_000, 700],
      ['w', 'up', 0, 700],
    ]);
  });

  it('tells what was decided, and what was only looked at, as one after the other', async () => {
    const loop = stage.orchestrator('one');
    await stage.allWell();
    await stage.play(loop);
    await stage.silence(a);
    await stage.play(loop);
    await stage.loseA(1_000);
    await stage.play(loop);
    const { timeline = [], phase } = await explained();
    expect(phase).toBe('suspecting');
    expect(timeline.map((row) => [row.phase, row.rules, row.times])).toEqual([
      ['suspecting', ['dwelling'], 1],
      ['steady', ['active-up', 'active-monitor-lost'], 2],
    ]);
    expect(timeline[1]?.until).toBe(timeline[0]?.from);
  });
});
