import { describe, expect, it } from '@jest/globals';
import { findHelm, render, type Rendered } from './helm.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** `namespace: verbs group/resource name`, one for each name. */
const grantsOf = ({ metadata, rules }: Rendered): readonly string[] =>
  (rules as readonly Rule[]).flatMap(({ apiGroups, resources, resourceNames = ['*'], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.map((name) => `${metadata.namespace}: ${verbs.join(',')} ${group}/${resource} ${name}`),
      ),
    ),
  );

const rolesOf = (component: string, values?: object) =>
  render(['kubernetes-clients'], values)
    .filter(({ kind, metadata }) => kind === 'Role' && metadata.labels?.['app.kubernetes.io/component'] === component)
    .flatMap(grantsOf);

(findHelm() ? describe : describe.skip)('the right to change what clients read', () => {
  it('is that of config-switcher, for what the topology names at this site', () => {
    expect(rolesOf('config-switcher')).toEqual([
      'billing: get,patch argoproj.io/rollouts billing',
      'billing: get,patch /secrets kafka-login',
      'billing: list /pods *',
      'billing: list policy/poddisruptionbudgets *',
      'orders: get,patch apps/deployments orders',
      'orders: get,patch apps/statefulsets ledger',
      'orders: get,patch /configmaps clients',
      'orders: list /pods *',
      'orders: list policy/poddisruptionbudgets *',
    ]);
  });

  it('is that of the other site there', () => {
    expect(rolesOf('config-switcher', { site: 'b' })).toEqual([
      'orders-b: get,patch /configmaps clients-b',
      'orders-b: list /pods *',
      'orders-b: list policy/poddisruptionbudgets *',
    ]);
  });

  it('is that of mirror-switcher for the Strimzi resources it was given', () => {
    expect(rolesOf('mirror-switcher')).toEqual([
      'kafka: get,patch kafka.strimzi.io/kafkaconnectors b-to-a-source',
      'kafka: get,patch kafka.strimzi.io/kafkamirrormaker2s b-to-a',
    ]);
  });

  it.each(['health-monitor', 'orchestrator', 'site-guard', 'dns-switcher', 'notifier'])('is none of %s', (app) =>
    expect(rolesOf(app)).toEqual([]),
  );
});
