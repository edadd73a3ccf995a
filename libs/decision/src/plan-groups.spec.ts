import { describe, expect, it } from '@jest/globals';
import { siteId, type Plan } from '#libs/domain';
import { SETTINGS } from '../../../test/support/decision-facts.js';
import { failoverPlan, plannedMove } from './plan.js';
import type { UntranslatedGroups } from './policy.js';

const [from, to] = [siteId('a'), siteId('b')];
const facts = (untranslatedGroups?: UntranslatedGroups) => ({
  shape: { ...SETTINGS.shape, ...(untranslatedGroups && { untranslatedGroups }) },
  policy: SETTINGS.policy,
  from,
  to,
});
const plansOf = (untranslated?: UntranslatedGroups): readonly Plan[] => [
  failoverPlan({ ...facts(untranslated), fromIsLost: true }),
  plannedMove('switchover', facts(untranslated)),
];
const stepOf = ({ steps }: Plan, start: string) => steps.find(({ name }) => name.startsWith(start))!;

describe('the consumer groups of a move', () => {
  it('have their places after the checkpoint connector has stopped, and before their consumers are led there', () => {
    for (const plan of plansOf('oldest')) {
      const [stop, seed, redirect, promote] = ['stop-mirror', 'seed-groups', 'redirect', 'promote'].map((start) =>
        stepOf(plan, start),
      );
      expect(seed).toMatchObject({ action: 'apply', desired: 'seeded', runsAt: to, mayFail: true });
      expect(stop!.neededBy).toBe(seed!.stage);
      expect(seed!.stage).toBeGreaterThan(promote!.stage);
      expect(seed!.stage).toBeLessThan(redirect!.stage);
    }
  });

  it('are only listed where that is wanted', () => {
    for (const plan of plansOf('report')) {
      const list = stepOf(plan, 'list-groups');
      expect(list).toMatchObject({ action: 'inspect', mayFail: true });
      expect(list.desired).toBeUndefined();
    }
  });

  it('are nothing to a plan where nobody said what to do about them', () => {
    for (const plan of plansOf()) {
      expect(plan.steps.filter(({ resource: { kind } }) => kind === 'group-offsets')).toEqual([]);
      expect(stepOf(plan, 'stop-mirror').neededBy).toBe(stepOf(plan, 'redirect').stage);
    }
  });
});
