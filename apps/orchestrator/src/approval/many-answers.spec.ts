import { describe, expect, it } from '@jest/globals';
import { AnswerStorm, contradictions } from '../../../../test/support/answer-storm.js';

const COUNT = 1_000;

describe('a thousand answers at once to one approval, at two orchestrators', () => {
  it.each([
    ['granted', COUNT, 1_001],
    ['denied', 100, 2],
  ])('have one outcome that fits all of them, and stand in the audit each: %s', async (phase, count, noEvery) => {
    const storm = await AnswerStorm.brew();
    try {
      const said = await storm.break(count, noEvery);
      const final = await storm.outcome();
      const noted = await storm.noted(count);
      expect(contradictions(said, final, noted)).toEqual([]);
      expect([final.phase, noted.length]).toEqual([phase, count]);
      const rules = (await storm.stage.audit()).map(({ rule }) => rule);
      const decided = [`approval-${phase}`];
      const partly = final.answers.slice(1).map(() => 'approval-partly-granted');
      expect(rules).toEqual(['ask-approval-for-failover', ...partly, ...decided]);
    } finally {
      await storm.end();
    }
  });
});
