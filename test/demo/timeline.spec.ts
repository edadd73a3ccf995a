import { describe, expect, it } from '@jest/globals';
import { instant } from '#libs/domain';
import { Timeline } from './timeline.js';

const step = {
  run: 'r',
  name: 'fence-a',
  runsAt: 'a',
  attempt: 1,
  startedAt: 1_000,
  finishedAt: 1_041,
  verifiedBy: { check: 'write-probe', observed: 'TOPIC_AUTHORIZATION_FAILED' },
};

describe('the timeline', () => {
  it('says once what happened, at which time, and what was read back', () => {
    const lines: string[] = [];
    const timeline = new Timeline(instant(1_000), (line) => lines.push(line));
    timeline.event({ kind: 'step', data: { ...step, status: 'open' } }, instant(1_010));
    timeline.event({ kind: 'step', data: { ...step, status: 'done' } }, instant(1_050));
    timeline.event({ kind: 'step', data: { ...step, status: 'done' } }, instant(1_060));
    timeline.event({ kind: 'alive', data: {} }, instant(1_070));
    expect(lines).toEqual([
      '   +0.050 s  step      fence-a at a: done in 41 ms; write-probe read "TOPIC_AUTHORIZATION_FAILED"',
    ]);
  });
});
