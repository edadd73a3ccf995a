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
  ]);
});
