import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { define } from '../lab/kubernetes/definitions.js';
import { strimziStubs } from '../lab/kubernetes/strimzi-stubs.js';
import { describeOnKubernetes, startPlane } from './ground.js';
import { CHART, Helm, RELEASE, valuesOf } from './helm.js';
import { rightsPage } from './rights/page.js';
import { type App, APPS, asked, type Question, QUESTIONS } from './rights/questions.js';
import { NAMED } from './rights/values.js';

const PAGE = join(import.meta.dirname, '../../../docs/kubernetes-rights.md');
const accountOf = (app: App) => `system:serviceaccount:${RELEASE}:${RELEASE}-${app}`;

describeOnKubernetes("the rights of the chart's ServiceAccounts", () => {
  const answers = new Map<Question, readonly App[]>();
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startPlane({ controllers: false });
    await define(plane, strimziStubs());
    for (const namespace of [RELEASE, 'orders', 'kafka', 'payments'])
      await plane.must(['create', 'namespace', namespace]);
    const values = JSON.stringify(NAMED);
    await new Helm(plane, 'helm4').must(['install', RELEASE, CHART, ...valuesOf('site-a'), '--values', '-'], values);
  });
  afterAll(() => plane?.stop());

  it.each(QUESTIONS.map((question) => [asked(question).join(' '), question] as const))('%s', async (_, question) => {
    const allowed: App[] = [];
    for (const app of APPS) if (await isAllowed(plane, accountOf(app), question)) allowed.push(app);
    answers.set(question, allowed);
    expect(allowed).toEqual(question.allowed);
  });

  it.each(APPS)('kubectl auth can-i says the same of %s, for what it needs', async (app) => {
    for (const question of QUESTIONS.filter(({ allowed }) => allowed.length > 0)) {
      const { stdout } = await plane.kubectl(['auth', 'can-i', ...asked(question), '--as', accountOf(app)]);
      expect(`${asked(question).join(' ')}: ${stdout.trim()}`).toBe(
        `${asked(question).join(' ')}: ${question.allowed.includes(app) ? 'yes' : 'no'}`,
      );
    }
  });

  it('answers as docs/kubernetes-rights.md says: SIGNALBOX_RECORD=yes npm run test:kubernetes', async () => {
    const page = await rightsPage(answers, PAGE);
    if (process.env['SIGNALBOX_RECORD'] === 'yes') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});

/** The request that `kubectl auth can-i` sends, without starting a process for each. */
async function isAllowed(plane: ControlPlane, user: string, question: Question): Promise<boolean> {
  const { verb, group = '', name, namespace } = question;
  const [resource, subresource] = question.resource.split('/');
  const { status, text } = await plane.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, name, namespace } },
    },
    as: { user },
  });
  if (status !== 201) throw new Error(`${status} ${text}`);
  return (JSON.parse(text) as { status: { allowed: boolean } }).status.allowed;
}
