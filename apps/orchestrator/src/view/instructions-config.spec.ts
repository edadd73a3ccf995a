import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan, settingsOf } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { instructionsFor } from './instructions.js';

const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
const target = (object: string, key: string, rendering: Loose) => ({
  object,
  namespace: 'orders',
  name: 'clients',
  keys: { [key]: rendering },
  restart: 'annotation',
  workloads: [{ kind: 'Deployment', name: 'consumer' }],
});
document.groups[0].configs[0].target = {
  kind: 'kubernetes',
  sites: {
    a: { targets: [target('Secret', 'servers', { as: 'value', setting: 'bootstrap.servers' })] },
    b: { targets: [target('ConfigMap', 'client.properties', { as: 'properties' })] },
  },
};
const topology = parseTopology(stringify(document));
const facts = { ...settingsOf(topology, groupId('orders')), from: siteId('a'), to: siteId('b') };
const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));

describe('a config on Kubernetes, by hand', () => {
  it('is patched with the stamps that the admission policies ask for, restarted, and taken back the same way', () => {
    const at = lines.findIndex((line) => line.includes(': config-orders-clients-b, at b'));
    const patch = (site: string) =>
      `kubectl -n orders patch configmap clients --type merge -p '{"metadata":{"annotations":{"signalbox.io/epoch":"540","signalbox.io/group":"orders","signalbox.io/write":"by-hand.540.orders-clients-${site}"}},"data":{"client.properties":"bootstrap.servers=kafka.${site}.example:9092\\n"}}'`;
    const restart =
      'kubectl -n orders rollout restart deployment consumer && kubectl -n orders rollout status deployment consumer';
    expect(lines.slice(at + 1, at + 5)).toEqual([
      patch('b'),
      restart,
      `# to take it back: ${patch('a')}`,
      `# to take it back: ${restart}`,
    ]);
  });

  it('is written as text into a Secret, which encodes it by itself', () => {
    expect(lines).toContainEqual(expect.stringContaining('patch secret clients --type merge'));
    expect(lines).toContainEqual(expect.stringContaining('"stringData":{"servers":"kafka.b.example:9092"}'));
  });
});
