import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../lab/condition.js';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { Arena, isAsWanted, makeNamespace } from './fence/arena.js';
import { type Attempt, wantedOf } from './fence/attempt.js';
import { CONTENT_SECTIONS } from './fence/content-attempts.js';
import { EPOCH_SECTIONS } from './fence/epoch-attempts.js';
import { installFence, policyNamed } from './fence/install.js';
import { CONFIG_MAP } from './fence/kind.js';
import { letIn } from './fence/people.js';
import { REMOVAL_SECTIONS } from './fence/removal-attempts.js';
import { describeOnKubernetes, startPlane } from './ground.js';

/** A changed policy counts from about a second after the change on. */
const COUNTS_WITHIN_MS = 60_000;
const POLL_MS = 500;
const POLICIES = { 'epoch-fence': 6, 'write-stamp': 2 } as const;
const ROOT = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

/** Quick ones: an attempt by kubectl starts a process. */
const ATTEMPTS = [...EPOCH_SECTIONS, ...CONTENT_SECTIONS, ...REMOVAL_SECTIONS]
  .flatMap(({ attempts }) => attempts)
  .filter(({ name, only }) => !name.includes('kubectl') && (only?.(CONFIG_MAP) ?? true))
  .filter((attempt) => wantedOf(attempt, CONFIG_MAP) === 'refused');

interface Rule {
  readonly expression: string;
}

/** A rule that no attempt needs is not tested, or is none. */
describeOnKubernetes('every rule of the fence', () => {
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

  const rulesOf = async (policy: string): Promise<readonly Rule[]> => {
    const { text } = await plane.request({ method: 'GET', path: `${ROOT}/${policyNamed(policy)}` });
    return (JSON.parse(text) as { spec: { validations: readonly Rule[] } }).spec.validations;
  };
  const setRule = async (policy: string, index: number, expression: string) => {
    const { status } = await plane.request({
      method: 'PATCH',
      path: `${ROOT}/${policyNamed(policy)}`,
      contentType: 'application/json-patch+json',
      body: [{ op: 'replace', path: `/spec/validations/${index}/expression`, value: expression }],
    });
    expect(status).toBe(200);
  };
  /** The names of those that are no longer refused. */
  const slipped = async (attempts: readonly Attempt[]): Promise<string[]> => {
    const names: string[] = [];
    for (const attempt of attempts) {
      const result = await arena.play(attempt, CONFIG_MAP);
      if (!isAsWanted('refused', attempt, result)) names.push(attempt.name);
    }
    return names;
  };

  describe.each(Object.entries(POLICIES))('%s', (policy, count) => {
    it(`has ${count} of them`, async () => expect(await rulesOf(policy)).toHaveLength(count));

    it.each(Array.from({ length: count }, (_, index) => index))(
      'number %i is missed when it is gone',
      async (index) => {
        const { expression } = (await rulesOf(policy))[index]!;
        await setRule(policy, index, 'true');
        const through = await until(
          'an attempt slips through',
          COUNTS_WITHIN_MS,
          async () => {
            const names = await slipped(ATTEMPTS);
            if (names.length === 0) throw new Error('every attempt is refused all the same');
            return names;
          },
          POLL_MS,
        );
        process.stderr.write(`without rule ${index} of ${policy}: ${through.join('; ')}\n`);
        await setRule(policy, index, expression);
        const concerned = ATTEMPTS.filter(({ name }) => through.includes(name));
        await until(
          'the rule counts again',
          COUNTS_WITHIN_MS,
          async () => expect(await slipped(concerned)).toEqual([]),
          POLL_MS,
        );
      },
    );
  });
});
