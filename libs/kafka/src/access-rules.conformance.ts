import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '#libs/contracts';
import { SystemClock } from '#libs/runtime';
import type { AccessRule, AccessRules } from './access-rules.js';

const SHOWN_WITHIN_MS = 30_000;
const clock = new SystemClock();

/** What every AccessRules adapter does. `make` returns one of a principal that may change ACLs. */
export function accessRulesConformance(make: () => Promise<AccessRules>): void {
  describe('access rules', () => {
    let rules: AccessRules;
    const rule = (permission: 'allow' | 'deny', principal: string): AccessRule => ({
      permission,
      principal,
      operation: 'write',
      topic: 'conformance.',
      match: 'prefixed',
      host: '*',
    });
    const ours = async () => (await rules.list()).filter(({ topic }) => topic === 'conformance.');
    const inOrder = (some: readonly AccessRule[]) => some.map((one) => canonicalJson(one)).toSorted();
    /** A change is durable when it is answered; a broker shows it, and acts on it, a moment later. */
    const oursSoon = async (expected: readonly AccessRule[]): Promise<readonly string[]> => {
      const startedAtMs = clock.monotonicMs();
      for (;;) {
        const found = inOrder(await ours());
        const isOver = clock.monotonicMs() - startedAtMs > SHOWN_WITHIN_MS;
        if (isOver || found.join() === inOrder(expected).join()) return found;
        await clock.sleep(20);
      }
    };

    beforeAll(async () => {
      rules = await make();
    });

    it('adds rules that are listed exactly as they were given, also when repeated', async () => {
      await rules.add([rule('deny', 'User:*'), rule('allow', 'User:app')]);
      await rules.add([rule('deny', 'User:*')]);
      const both = [rule('deny', 'User:*'), rule('allow', 'User:app')];
      expect(await oursSoon(both)).toEqual(inOrder(both));
    });

    it('removes exactly the rules it is given, also when they are gone already', async () => {
      await rules.remove([rule('deny', 'User:*'), { ...rule('allow', 'User:app'), match: 'literal' }]);
      await rules.remove([rule('deny', 'User:*')]);
      const rest = [rule('allow', 'User:app')];
      expect(await oursSoon(rest)).toEqual(inOrder(rest));
      await rules.remove(rest);
      expect(await oursSoon([])).toEqual([]);
    });
  });
}
