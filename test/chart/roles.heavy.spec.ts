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
      'billing: get,patch,watch /secrets kafka-login',
      'billing: list /pods *',
      'billing: list policy/poddisruptionbudgets *',
      'orders: get,patch apps/deployments orders',
      'orders: get,patch apps/statefulsets ledger',
      'orders: get,patch,watch /configmaps clients',
      'orders: list /pods *',
      'orders: list policy/poddisruptionbudgets *',
    ]);
  });

  it('is that of the other site there', () => {
    expect(rolesOf('config-switcher', { site: 'b' })).toEqual([
      'orders-b: get,patch,watch /configmaps clients-b',
      'orders-b: list /pods *',
      'orders-b: list policy/poddisruptionbudgets *',
    ]);
  });

  it('is that of mirror-switcher for the mirrors of Strimzi that end at this site', () => {
    const named = (flow: string) => [
      `kafka: get,patch /configmaps ${flow}-altered`,
      `kafka: get,patch kafka.strimzi.io/kafkamirrormaker2s ${flow}`,
      `kafka: get /configmaps ${flow}-listed`,
    ];
    expect(rolesOf('mirror-switcher')).toEqual(named('b-to-a'));
    expect(rolesOf('mirror-switcher', { site: 'b' })).toEqual(named('a-to-b'));
  });

  it('is that of mirror-switcher for the KafkaConnectors of a mirror, each by its name', () => {
    const flow = {
      id: 'b-to-a',
      source: 'kafka-b',
      target: 'kafka-a',
      topics: ['orders'],
      policy: 'identity',
      principal: 'User:mm2-ba',
      driver: {
        kind: 'strimzi',
        namespace: 'kafka',
        connect: 'http://mirrors-connect-api.kafka:8083',
        connectors: { source: 'b-to-a-source', checkpoint: 'b-to-a-checkpoint' },
        positions: { listed: 'b-to-a-listed', altered: 'b-to-a-altered' },
      },
    };
    expect(rolesOf('mirror-switcher', { topology: { flows: [flow] } })).toEqual([
      'kafka: get,patch /configmaps b-to-a-altered',
      'kafka: get,patch kafka.strimzi.io/kafkaconnectors b-to-a-checkpoint',
      'kafka: get,patch kafka.strimzi.io/kafkaconnectors b-to-a-source',
      'kafka: get /configmaps b-to-a-listed',
    ]);
  });

  it('is that of site-guard for the KafkaUsers by which a cluster of this site is fenced', () => {
    const fence = { by: 'kafka-users', namespace: 'kafka', own: 'signalbox' };
    const [a, b] = (['a', 'b'] as const).map((site) => ({
      id: `kafka-${site}`,
      site,
      bootstrap: [`kafka.${site}:9092`],
    }));
    const group = { id: 'orders', pattern: 'active-passive', home: 'a', sites: ['a', 'b'], topics: ['orders'] };
    const topology = {
      clusters: [{ ...a, writeFence: fence }, b],
      groups: [{ ...group, kafkaUsers: { a: ['orders-app', 'mm2-ba'] } }],
    };
    expect(rolesOf('site-guard', { topology })).toEqual(
      ['mm2-ba', 'orders-app', 'signalbox'].map((name) => `kafka: get,patch kafka.strimzi.io/kafkausers ${name}`),
    );
    expect(rolesOf('site-guard', { site: 'b', topology })).toEqual([]);
  });

  it('is that of site-guard for the NetworkPolicy that closes the listener of this site, by its own account alone', () => {
    const fence = { namespace: 'kafka', name: 'fence', podLabels: { app: 'kafka' }, ports: [9092] };
    const publicKey = 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=';
    const site = (id: string) => ({
      id,
      api: `http://${id}.example:8080`,
      signing: { keyId: `${id}-1`, publicKey, privateKey: { file: `/run/secrets/signing/${id}.pem` } },
      anchors: ['gateway.example:443', 'dns.quad9.net:53'],
    });
    const values = (fencePolicy: object) => ({
      secretFolders: { '/run/secrets/kubernetes': 'kubernetes' },
      topology: { sites: [{ ...site('a'), fencePolicy }, site('b')] },
    });
    expect(rolesOf('site-guard', values(fence))).toEqual([
      'kafka: get,patch,create networking.k8s.io/networkpolicies fence',
    ]);
    expect(rolesOf('site-guard', { site: 'b', ...values(fence) })).toEqual([]);
    const access = { kubeconfig: { file: '/run/secrets/kubernetes/config' } };
    expect(rolesOf('site-guard', values({ ...fence, access }))).toEqual([]);
  });

  it.each(['health-monitor', 'orchestrator', 'site-guard', 'dns-switcher', 'notifier'])('is none of %s', (app) =>
    expect(rolesOf(app)).toEqual([]),
  );
});
