import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { Arena, judge, makeNamespace, type Result } from './fence/arena.js';
import { type Section, wantedOf } from './fence/attempt.js';
import { CONTENT_SECTIONS } from './fence/content-attempts.js';
import { EPOCH_SECTIONS } from './fence/epoch-attempts.js';
import { installFence, policyNamed, warningsOf } from './fence/install.js';
import { KINDS } from './fence/kind.js';
import { cellKey, fencePage } from './fence/page.js';
import { letIn } from './fence/people.js';
import { REMOVAL_SECTIONS } from './fence/removal-attempts.js';
import { describeOnKubernetes, startPlane } from './ground.js';

const PAGE = join(import.meta.dirname, '../../../docs/kubernetes-fence.md');
const SECTIONS: readonly Section[] = [...EPOCH_SECTIONS, ...CONTENT_SECTIONS, ...REMOVAL_SECTIONS];

describeOnKubernetes('the fence in the API server', () => {
  const results = new Map<string, Result>();
  let plane: ControlPlane;
  let arena: Arena;
  beforeAll(async () => {
    plane = await startPlane();
    await makeNamespace(plane);
    await installFence(plane);
    await letIn(plane, policyNamed('break-glass'));
    arena = new Arena(plane);
    await arena.enforced();
  });
  afterAll(() => plane?.stop());

  it.each(['epoch-fence', 'write-stamp'])('finds nothing to complain about in the expressions of %s', async (policy) =>
    expect(await warningsOf(plane, policy)).toEqual([]),
  );

  describe.each(SECTIONS)('$title', (section) => {
    const cases = section.attempts.flatMap((attempt) =>
      KINDS.filter((kind) => attempt.only?.(kind) ?? true).map((kind) => {
        const wanted = wantedOf(attempt, kind);
        return { title: `${attempt.name}, ${kind.kind}: ${wanted}`, attempt, kind, wanted };
      }),
    );
    it.each(cases)('$title', async ({ attempt, kind, wanted }) => {
      const result = await arena.play(attempt, kind);
      results.set(cellKey(section, attempt, kind.kind), result);
      expect(() => judge(wanted, attempt, result)).not.toThrow();
    });
  });

  it('answers as docs/kubernetes-fence.md says: SIGNALBOX_RECORD=yes npm run test:kubernetes', async () => {
    const page = await fencePage(SECTIONS, results, PAGE);
    if (process.env['SIGNALBOX_RECORD'] === 'yes') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
