import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AccessRule, AccessRules } from './access-rules.js';

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

    beforeAll(async () => {
      rules = await make();
    });

    it('adds rules that are listed exactly as they were given, also when repeated', async () => {
      await rules.add([rule('deny', 'User:*'), rule('allow', 'User:app')]);
      await rules.add([rule('deny', 'User:*')]);
      const listed = await ours();
      expect(listed).toHaveLength(2);
      expect(listed).toEqual(expect.arrayContaining([rule('deny', 'User:*'), rule('allow', 'User:app')]));
    });

    it('removes exactly the rules it is given, also when they are gone already', async () => {
      await rules.remove([rule('deny', 'User:*'), { ...rule('allow', 'User:app'), match: 'literal' }]);
      await rules.remove([rule('deny', 'User:*')]);
      expect(await ours()).toEqual([rule('allow', 'User:app')]);
      await rules.remove([rule('allow', 'User:app')]);
      expect(await ours()).toEqual([]);
    });
  });
}
