import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { problemsAfter, refuses, type Loose } from '../../../../test/support/broken-topology.js';

/** The example, the cluster of site a fenced by KafkaUsers. */
const byUsers = (document: Loose): Loose => {
  document.clusters[0].writeFence = { by: 'kafka-users', namespace: 'kafka', own: 'signalbox' };
  document.groups[0].kafkaUsers = { a: ['orders-app', 'mm2-ba'] };
  return document;
};
const POLICY = { namespace: 'kafka', name: 'signalbox-fence', podLabels: { app: 'kafka' }, ports: [9092] };
/** The example, the listener of site a closed by a NetworkPolicy. */
function byPolicy({ sites }: Loose, change: (policy: Loose) => void = () => undefined): void {
  delete sites[0].fenceCommand;
  sites[0].fencePolicy = structuredClone(POLICY);
  change(sites[0].fencePolicy);
}
const after = (change: (document: Loose) => void) => (document: Loose) => change(byUsers(document));

describe('the check of write fences', () => {
  it('takes KafkaUsers at one site and ACLs at the other', () => {
    expect(problemsAfter((document) => void byUsers(document))).toEqual([]);
  });

  it('takes a size of messages, which names nobody', () => {
    const bySize = (document: Loose) => (document.clusters[0].writeFence = { by: 'message-size' });
    expect(problemsAfter(bySize)).toEqual([]);
    const withUsers = problemsAfter((document) => {
      bySize(document);
      document.groups[0].kafkaUsers = { a: ['orders-app'] };
    });
    expect(withUsers).toHaveLength(1);
  });

  it('takes a NetworkPolicy at one site and a command at the other', () => {
    expect(problemsAfter((document) => byPolicy(document))).toEqual([]);
  });

  it('takes what docs/strimzi.md shows', () => {
    const page = readFileSync(new URL('../../../../../docs/strimzi.md', import.meta.url), 'utf8');
    const shown: Loose = parse(/```yaml\n(clusters:[^]*?)```/.exec(page)?.[1] ?? '');
    const problems = problemsAfter((document) => {
      for (const cluster of document.clusters.slice(0, 2)) cluster.writeFence = shown.clusters[0].writeFence;
      Object.assign(document.groups[0], shown.groups[0]);
    });
    expect(problems).toEqual([]);
  });

  refuses([
    [
      'a group that names nobody',
      after(({ groups }) => delete groups[0].kafkaUsers),
      'groups[0].kafkaUsers',
      'nothing for a',
      'every KafkaUser of kafka-a that may write',
    ],
    [
      'KafkaUsers at a cluster that is fenced by ACLs',
      after(({ groups }) => (groups[0].kafkaUsers.b = ['orders-app'])),
      'groups[0].kafkaUsers.b',
      'kafka-b is not fenced by them',
      'writeFence.by: kafka-users for kafka-b',
    ],
    [
      'a KafkaUser that stands twice',
      after(({ groups }) => groups[0].kafkaUsers.a.push('orders-app')),
      'groups[0].kafkaUsers.a[2]',
      'which orders has already',
      'it carries one epoch',
    ],
    [
      'Signalbox itself among the writers',
      after(({ groups }) => groups[0].kafkaUsers.a.push('signalbox')),
      'groups[0].kafkaUsers.a',
      'signalbox, which is Signalbox itself',
      'clients and of the inbound flow alone',
    ],
    [
      'a cluster that is open by default',
      after(({ clusters }) => (clusters[0].openByDefault = true)),
      'clusters[0].writeFence.by',
      'open by default',
      'allow.everyone.if.no.acl.found=false',
    ],
    [
      'a policy beside a command',
      ({ sites }) => (sites[0].fencePolicy = POLICY),
      'sites[0].fencePolicy',
      'a policy beside fenceCommand',
      'one of both',
    ],
    [
      'a policy at a witness',
      ({ sites }) => (sites[2].fencePolicy = POLICY),
      'sites[2].fencePolicy',
      'a policy',
      'a witness has no Kafka',
    ],
    [
      'a policy where the guard has no listener of its own',
      (d) => byPolicy(d, () => delete d.clusters[0].adminBootstrap),
      'clusters[0].adminBootstrap',
      'nothing, at a site with fencePolicy',
      'listeners that clients do not use',
    ],
    [
      'a policy that selects no pod by name',
      (d) => byPolicy(d, (policy) => (policy.podLabels = {})),
      'sites[0].fencePolicy.podLabels',
      'a map',
      'at least one label',
    ],
    [
      'a policy for a port that is none',
      (d) => byPolicy(d, (policy) => (policy.ports = [0])),
      'sites[0].fencePolicy.ports[0]',
      '0',
      'a port from 1 to 65535',
    ],
  ]);
});
