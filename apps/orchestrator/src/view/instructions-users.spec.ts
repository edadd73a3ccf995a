import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

function byUsers() {
  const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
  for (const cluster of document.clusters)
    cluster.writeFence = { by: 'kafka-users', namespace: 'kafka', own: 'signalbox' };
  document.groups[0].kafkaUsers = { a: ['orders-app', 'mm2-ba'], b: ['orders-app', 'mm2-ab'] };
  return parseTopology(stringify(document, { aliasDuplicateObjects: false }), 'the example');
}

describe('a plan by hand where the fence is in KafkaUsers', () => {
  const topology = byUsers();
  const facts = { ...settingsOf(topology, groupId('orders')), from: siteId('a'), to: siteId('b') };
  const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));
  const stage = (name: string) => {
    const begin = lines.findIndex((line) => line.startsWith('# stage') && line.includes(`: ${name}, at `));
    const rest = lines.slice(begin + 1);
    return rest.slice(
      0,
      rest.findIndex((line) => line.startsWith('# stage')),
    );
  };
  const rule = { type: 'deny', resource: { type: 'topic', name: 'orders', patternType: 'literal' } };
  const patch = JSON.stringify([
    { op: 'add', path: '/spec/authorization/acls/-', value: { ...rule, operations: ['Write'], host: '*' } },
  ]);
  const denied = (user: string) => [
    `kubectl annotate kafkauser ${user} -n kafka --overwrite signalbox.io/epoch=540 'signalbox.io/denied-writes=["literal orders"]'`,
    `kubectl patch kafkauser ${user} -n kafka --type json -p '${patch}'`,
  ];

  it('denies every user of the group at the old site, and says how to take it back', () => {
    const fence = stage('fence-a');
    expect(fence.slice(0, 4)).toEqual([...denied('orders-app'), ...denied('mm2-ba')]);
    expect(fence.filter((line) => line.startsWith('# to take it back: kubectl get kafkauser'))).toHaveLength(2);
    expect(fence.some((line) => line.includes('kafka-acls.sh --bootstrap-server'))).toBe(false);
  });

  it('denies the inbound mirror before it lets clients in at the new one', () => {
    const promotion = stage('promote-b');
    expect(promotion.slice(0, 2)).toEqual(denied('mm2-ab'));
    expect(promotion[3]).toMatch(
      /^kubectl get kafkauser orders-app -n kafka -o json \| jq '.*' \| kubectl replace -f -$/,
    );
    expect(promotion[3]).toContain('"signalbox.io/epoch"] = "540"');
  });
});
