import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

function bySize() {
  const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
  for (const cluster of document.clusters) cluster.writeFence = { by: 'message-size' };
  document.groups[0].topics = ['orders', 'paid.*'];
  for (const flow of document.flows) flow.topics = ['orders', 'paid.*'];
  return parseTopology(stringify(document, { aliasDuplicateObjects: false }), 'the example');
}

describe('a plan by hand where the fence is a size of messages', () => {
  const topology = bySize();
  const facts = { ...settingsOf(topology, groupId('orders')), from: siteId('a'), to: siteId('b') };
  const text = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40)).join('\n');

  it('notes what topics have before it fences them, the probe and topics by their beginning among them', () => {
    const [describing, noting, fencing] = [
      "--entity-name 'orders' --describe",
      `echo 'fence {"epoch":540,"access":"none","kept":{}}'`,
      "--entity-name 'orders' --alter --add-config max.message.bytes=78",
    ].map((line) => text.indexOf(line));
    expect(describing).toBeGreaterThan(0);
    expect(noting).toBeGreaterThan(describing!);
    expect(fencing).toBeGreaterThan(noting!);
    expect(text).toContain("--entity-name 'signalbox.probe.orders' --alter --add-config max.message.bytes=78");
    expect(text).toContain(String.raw`grep '^paid\.'`);
    expect(text).not.toContain('kafka-acls.sh');
  });

  it('takes the setting away again, and says what had one', () => {
    expect(text).toContain("--entity-name 'orders' --alter --delete-config max.message.bytes");
    expect(text).toContain('--topic signalbox.fence.orders --from-beginning');
    expect(text).toContain('"access":"clients"');
  });
});
