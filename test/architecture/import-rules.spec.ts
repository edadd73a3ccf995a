import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BadCheckout } from './bad-checkout.js';
import { ROOT } from './checkout.js';

/** One import that each rule has to refuse: rule → [file, what it imports]. */
const REFUSED: Readonly<Record<string, readonly [file: string, imported: string]>> = {
  'no-app-to-app': ['apps/one/src/other-app.ts', '../../two/src/index.js'],
  'no-lib-to-app': ['libs/kafka/src/app.ts', '../../../apps/two/src/index.js'],
  'only-specs-import-test': ['libs/kafka/src/support.ts', '../../../test/support/part.js'],
  'domain-imports': ['libs/domain/src/layer.ts', '#libs/topology'],
  'topology-imports': ['libs/topology/src/layer.ts', '#libs/contracts'],
  'decision-imports': ['libs/decision/src/layer.ts', '#libs/journal'],
  'contracts-imports': ['libs/contracts/src/layer.ts', '#libs/decision'],
  'audit-imports': ['libs/audit/src/layer.ts', '#libs/journal'],
  'runtime-imports': ['libs/runtime/src/layer.ts', '#libs/topology'],
  'journal-imports': ['libs/journal/src/layer.ts', '#libs/kafka'],
  'kafka-imports': ['libs/kafka/src/layer.ts', '#libs/messaging'],
  'messaging-imports': ['libs/messaging/src/layer.ts', '#libs/journal'],
  'jobs-imports': ['libs/jobs/src/layer.ts', '#libs/kafka'],
  'kubernetes-imports': ['libs/kubernetes/src/layer.ts', '#libs/journal'],
  'pure-libs-do-no-io': ['libs/decision/src/io.ts', 'ioredis'],
  'core-knows-no-platform': ['libs/decision/src/platform.ts', 'node:fs'],
  'timers-only-in-runtime': ['apps/one/src/timers.ts', 'node:timers/promises'],
  'kafka-clients-only-in-libs-kafka': ['apps/one/src/client.ts', 'kafkajs'],
  'checker-shares-no-code': ['test/chaos/checker/judge.ts', '#libs/domain'],
  'no-circular': ['libs/domain/src/circle.ts', './round.js'],
  'not-resolvable': ['libs/domain/src/nowhere.ts', './nowhere-at-all.js'],
};
const LIBS = [
  'domain',
  'decision',
  'topology',
  'contracts',
  'journal',
  'messaging',
  'kafka',
  'audit',
  'runtime',
  'jobs',
];
const ALLOWED = {
  'libs/journal/src/allowed.ts': "import '#libs/domain';\n",
  'libs/journal/src/allowed.spec.ts': "import '../../../test/support/part.js';\n",
  'test/chaos/checker/allowed.ts': "import './facts.js';\n",
};

interface Cruise {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

describe('import rules', () => {
  let checkout: BadCheckout;
  let violations: Cruise['summary']['violations'];

  beforeAll(() => {
    checkout = new BadCheckout({
      ...ALLOWED,
      ...Object.fromEntries(LIBS.map((name) => [`libs/${name}/src/index.ts`, 'export {};\n'])),
      'apps/two/src/index.ts': 'export {};\n',
      'test/support/part.ts': 'export {};\n',
      'test/chaos/checker/facts.ts': 'export {};\n',
      'libs/domain/src/round.ts': "import './circle.js';\n",
      ...Object.fromEntries(Object.values(REFUSED).map(([file, imported]) => [file, `import '${imported}';\n`])),
    });
    const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
    const args = [cruiser, 'apps', 'libs', 'test', '--output-type', 'json'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: checkout.path, encoding: 'utf8', maxBuffer: 2 ** 26 });
    violations = (JSON.parse(stdout) as Cruise).summary.violations;
  });
  afterAll(() => checkout.remove());

  it.each(Object.entries(REFUSED))('%s refuses its bad import', (rule, [file]) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(rule);
  });

  it('lets an allowed import pass', () => {
    expect(violations.filter(({ from }) => from in ALLOWED)).toEqual([]);
  });

  it('are all proven here', () => {
    const settings = createRequire(import.meta.url)(join(ROOT, '.dependency-cruiser.cjs')) as {
      readonly forbidden: readonly { readonly name: string }[];
    };
    expect(settings.forbidden.map(({ name }) => name).sort()).toEqual(Object.keys(REFUSED).sort());
  });
});
