import { afterAll, describe, expect, it } from '@jest/globals';
import { missedIn, untakenIn } from './coverage.js';
import type { Scenario } from './plans.js';
import { sweep, type Sweep } from './sweep.js';
import { tableOf } from './table.js';

/** A guard against what hangs: a plan takes a few seconds, and minutes on a machine that is busy with other things. */
const PLAN_TIMEOUT_MS = 900_000;

/** Cuts each plan at every prefix of its commits and writes, and shows how many plays that was. */
export function everyPrefix(title: string, scenarios: readonly Scenario[]): void {
  describe(title, () => {
    const swept: Sweep[] = [];
    afterAll(() => void process.stdout.write(`${tableOf(swept)}\n`));

    it.each(scenarios)(
      '$name',
      async (scenario) => {
        const result = await sweep(scenario);
        swept.push(result);
        const { uncut, failures, played } = result;
        expect(failures).toEqual([]);
        expect(uncut.wrongs).toEqual([]);
        expect(uncut.picture.phase).toBe(scenario.ends);
        // Nothing that is cut may silently become less: every step that a worker took was hit at all its places.
        expect(missedIn(uncut)).toEqual([]);
        expect(untakenIn(uncut)).toEqual(scenario.untaken ?? []);
        const { points } = uncut;
        expect(played.done + played['not-done']).toBeGreaterThanOrEqual(points.length);
        expect(played.late).toBe(points.filter(({ kind }) => kind === 'write').length);
        if (scenario.ends === 'aborted') return;
        expect(played).toMatchObject({ 'unknown-done': points.length, 'unknown-not-done': points.length });
      },
      PLAN_TIMEOUT_MS,
    );
  });
}
