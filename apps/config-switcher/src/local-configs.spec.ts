import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { epoch, groupId, runId, siteId, type ResourceOrder } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { parseTopology } from '#libs/topology';
import { isInTopology, localConfigs, resolveAt } from './local-configs.js';

const EXAMPLE = new URL('../../../../docs/examples/two-sites-and-witness.yaml', import.meta.url);
const topology = parseTopology(readFileSync(EXAMPLE, 'utf8'), 'example');
const ports = { clock: new SystemClock(), random: new SystemRandom(), environment: {} };
const at = (site: string) => localConfigs(topology, siteId(site), ports);

describe('the configs of a site', () => {
  it('are those with a file for its clients', () => {
    expect(at('b')).toMatchObject([{ id: 'orders-clients', resource: { file: '/etc/orders/clients.json' } }]);
    expect(at('w')).toEqual([]);
  });

  it('are found by the steps of this site, and by nobody else', () => {
    const configs = at('b');
    const resolve = resolveAt(siteId('b'), configs);
    expect(resolve({ kind: 'config', config: 'orders-clients', site: 'b' })).toBe(configs[0]?.resource);
    expect(resolve({ kind: 'config', config: 'orders-clients', site: 'a' })).toBeUndefined();
    expect(resolve({ kind: 'config', config: 'payments-clients', site: 'b' })).toBeUndefined();
    expect(resolve({ kind: 'name', name: 'orders-clients' })).toBeUndefined();
  });

  it('are kept at what the topology says of them, and at nothing that it no longer says', () => {
    const order = (config: string, value: ResourceOrder['value']): ResourceOrder => ({
      resource: { kind: 'config', config, site: 'b' },
      group: groupId('orders'),
      value,
      epoch: epoch(7),
      run: runId('r1'),
      step: 'config-orders-clients-b',
      worker: 'config-switcher',
      runsAt: siteId('b'),
    });
    const isKept = isInTopology(topology);
    expect(isKept(order('orders-clients', { 'bootstrap.servers': 'kafka.a.example:9092' }))).toBe(true);
    expect(isKept(order('orders-clients', { 'bootstrap.servers': 'kafka.before.example:9092' }))).toBe(false);
    expect(isKept(order('payments-clients', { 'bootstrap.servers': 'kafka.a.example:9092' }))).toBe(false);
  });
});
