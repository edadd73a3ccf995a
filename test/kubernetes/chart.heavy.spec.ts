import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ControlPlane } from '../lab/kubernetes/control-plane.js';
import { define } from '../lab/kubernetes/definitions.js';
import { monitoringStubs } from '../lab/kubernetes/monitoring-stubs.js';
import { strimziStubs } from '../lab/kubernetes/strimzi-stubs.js';
import { describeOnKubernetes, startPlane } from './ground.js';
import { CHART, Helm, RELEASE, VALUE_SETS, valuesOf } from './helm.js';

const EVERYTHING =
  'deployments,statefulsets,services,configmaps,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets';
/** Where the value sets have Roles. */
const NAMED_IN_VALUES = ['orders', 'billing', 'kafka'];
const CLUSTER_WIDE = 'clusterroles,validatingadmissionpolicies,validatingadmissionpolicybindings';
const RIGHTS = 'roles,rolebindings';

describeOnKubernetes("the chart's objects on a real API server", () => {
  let plane: ControlPlane;
  let helm: Helm;
  beforeAll(async () => {
    plane = await startPlane();
    helm = new Helm(plane, 'helm4');
    await define(plane, [...strimziStubs(), ...monitoringStubs()]);
    for (const namespace of [RELEASE, ...NAMED_IN_VALUES]) await plane.must(['create', 'namespace', namespace]);
    await plane.must(['create', 'priorityclass', 'platform', '--value', '1000']);
  });
  afterAll(() => plane?.stop());

  describe.each(VALUE_SETS)('ci/%s.yaml', (set) => {
    it('passes helm lint', async () => {
      const { stdout, stderr } = await helm.run(['lint', CHART, ...valuesOf(set), '--strict']);
      expect(`${stdout}${stderr}`).toContain('0 chart(s) failed');
    });

    it('is taken by the server as it is rendered, every object by its own schema', async () => {
      const rendered = await helm.must(['template', RELEASE, CHART, ...valuesOf(set)]);
      const create = ['create', '--dry-run=server', '--validate=strict', '--filename', '-'];
      const stdout = await plane.must(create, { input: rendered });
      expect(stdout.trim().split('\n').length).toBe(rendered.match(/^kind: /gm)?.length);
    });

    it('passes helm install --dry-run=server', async () => {
      const { code, stderr } = await helm.run(['install', RELEASE, CHART, ...valuesOf(set), '--dry-run=server']);
      expect({ code, stderr }).toMatchObject({ code: 0 });
    });
  });

  /** What is there of the release, by kind and name. */
  const present = async () => {
    const selector = ['--selector', `app.kubernetes.io/instance=${RELEASE}`, '--output', 'name'];
    const found = await plane.must(['get', `${EVERYTHING},${RIGHTS}`, '--all-namespaces', ...selector]);
    const wide = await plane.must(['get', CLUSTER_WIDE, ...selector]);
    return `${found}${wide}`
      .split('\n')
      .filter((name) => name !== '')
      .toSorted();
  };
  const image = () => {
    const path = 'jsonpath={.spec.template.spec.containers[0].image}';
    return plane.must(['get', 'deployment', `${RELEASE}-orchestrator`, '--namespace', RELEASE, '--output', path]);
  };

  it.each(['helm3', 'helm4'] as const)(
    '%s installs, upgrades, rolls back and uninstalls, and leaves nothing',
    async (version) => {
      const its = new Helm(plane, version);
      expect(await present()).toEqual([]);
      await its.must(['install', RELEASE, CHART, ...valuesOf('site-a')]);
      const installed = await present();
      expect(installed).toEqual(expect.arrayContaining([`deployment.apps/${RELEASE}-orchestrator`]));
      const first = await image();

      await its.must(['upgrade', RELEASE, CHART, ...valuesOf('site-a'), '--set', 'image.tag=next']);
      expect(await image()).toMatch(/:next$/);
      expect(await present()).toEqual(installed);

      await its.must(['rollback', RELEASE, '1']);
      expect(await image()).toBe(first);

      await its.must(['uninstall', RELEASE]);
      expect(await present()).toEqual([]);
      expect(await plane.must(['get', 'secrets', '--namespace', RELEASE, '--output', 'name'])).toBe('');
    },
  );

  it('makes every pod that it asks for: no quota, account or admission is in the way', async () => {
    await plane.must(['label', 'namespace', RELEASE, 'pod-security.kubernetes.io/enforce=restricted', '--overwrite']);
    await helm.must(['install', RELEASE, CHART, ...valuesOf('site-a')]);
    const ofRelease = ['--namespace', RELEASE, '--selector', `app.kubernetes.io/instance=${RELEASE}`];
    const path = 'jsonpath={.items[*].metadata.name}';
    const names = (await plane.must(['get', 'deployments', ...ofRelease, '--output', path])).split(' ');
    for (const name of names) {
      const wanted = ['get', 'deployment', name, '--namespace', RELEASE, '--output', 'jsonpath={.spec.replicas}'];
      const condition = `jsonpath={.status.replicas}=${await plane.must(wanted)}`;
      await plane.must(['wait', `deployment/${name}`, '--namespace', RELEASE, '--for', condition, '--timeout', '90s']);
    }
    const failures = ['get', 'replicasets', ...ofRelease, '--output', 'jsonpath={.items[*].status.conditions}'];
    expect(await plane.must(failures)).not.toContain('ReplicaFailure');
    await helm.must(['uninstall', RELEASE]);
  });

  it('says every mistake in a values file at once, before anything is there', async () => {
    const wrong = {
      site: 'z',
      logLevel: 'loud',
      etcd: { mode: 'many' },
      service: { port: 'http' },
      apps: { oracle: {} },
    };
    const args = ['install', RELEASE, CHART, ...valuesOf('site-a'), '--values', '-'];
    const { code, stderr } = await helm.run(args, JSON.stringify(wrong));
    expect(code).not.toBe(0);
    for (const path of ['logLevel', 'etcd/mode', 'service/port', 'oracle']) expect(stderr).toContain(path);
    expect(await present()).toEqual([]);
  });
});
