import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { problemsAfter, refuses, secondGroup, type Loose } from '../../../../test/support/broken-topology.js';

const target = () => ({
  object: 'ConfigMap',
  namespace: 'orders',
  name: 'clients',
  keys: { 'client.properties': { as: 'properties' } },
  restart: 'annotation',
  workloads: [{ kind: 'Deployment', name: 'consumer' }],
});

/** The example, its clients as pods. */
const onKubernetes = (document: Loose): Loose => {
  const [config] = document.groups[0].configs;
  config.target = {
    kind: 'kubernetes',
    sites: { a: { targets: [target()] }, b: { targets: [target()] } },
  };
  return config.target.sites;
};
const after = (change: (sites: Loose, document: Loose) => void) => (document: Loose) =>
  change(onKubernetes(document), document);
const AT_A = 'groups[0].configs[0].target.sites.a';

describe('the check of configs on Kubernetes', () => {
  it('takes them as they are meant', () => {
    expect(problemsAfter((document) => void onKubernetes(document))).toEqual([]);
  });

  it('takes what docs/clients-on-kubernetes.md shows', () => {
    const page = readFileSync(new URL('../../../../../docs/clients-on-kubernetes.md', import.meta.url), 'utf8');
    const shown: Loose = parse(/```yaml\n([^]*?)```/.exec(page)?.[1] ?? '');
    expect(problemsAfter((document) => void (document.groups[0].configs = shown.configs))).toEqual([]);
  });

  it('tells all that is wrong at once', () => {
    const problems = problemsAfter(
      after(({ a }) => {
        a.targets[0].namespace = 'Orders';
        a.targets[0].keys = {};
        a.targets[0].restart = 'yes';
        a.targets[0].workloads[0].kind = 'Job';
        a.access = 'anonymous';
      }),
    );
    expect(problems.map(({ path }) => path.replace(`${AT_A}.`, ''))).toEqual([
      'targets[0].namespace',
      'targets[0].keys',
      'targets[0].restart',
      'targets[0].workloads[0].kind',
      'access',
    ]);
  });

  refuses([
    [
      'a site without targets',
      after((sites) => void delete sites.b),
      'groups[0].configs[0].target.sites',
      'a',
      'the targets that clients at b read',
    ],
    [
      'targets of no site',
      after((sites) => void (sites.z = sites.a)),
      'groups[0].configs[0].target.sites.z',
      'z, which is no site',
      'one of the sites',
    ],
    [
      'one object in two groups, with its owner',
      after((_sites, document) => {
        const other = secondGroup(document);
        other.traffic = [];
        other.configs[0].id = 'billing-clients';
      }),
      'groups[1].configs[0].target.sites.a.targets[0].name',
      'ConfigMap orders/clients at a, which orders-clients of orders claims already',
      'an object of its own',
    ],
    [
      'a value of a setting that is not there',
      after(({ a }) => void (a.targets[0].keys.BOOTSTRAP = { as: 'value', setting: 'bootstrap' })),
      `${AT_A}.targets[0].keys.BOOTSTRAP.setting`,
      'bootstrap, which orders-clients does not say when a, b is active',
      'one of the settings in data',
    ],
    [
      'a setting that no key says',
      after(({ a }, document) => {
        a.targets[0].keys = { BOOTSTRAP: { as: 'value', setting: 'bootstrap.servers' } };
        for (const data of Object.values<Loose>(document.groups[0].configs[0].data)) data['security.protocol'] = 'SSL';
      }),
      `${AT_A}.targets`,
      'keys for bootstrap.servers',
      'a key for security.protocol',
    ],
    [
      'a restart of nothing',
      after(({ a }) => void (a.targets[0].workloads = [])),
      `${AT_A}.targets[0].workloads`,
      'nothing',
      'what is to be restarted',
    ],
    [
      'a password where a reference belongs',
      after(({ a }) => void (a.access = { kubeconfig: 'apiVersion: v1' })),
      `${AT_A}.access`,
      'a map',
      'in-cluster, or { kubeconfig: { file: … } }',
    ],
  ]);
});
