import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan, reprotectPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

const [a, b] = [siteId('a'), siteId('b')];

function onTheirOwn() {
  const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
  for (const flow of document.flows) {
    flow.driver = { kind: 'dedicated', file: `/etc/mm2/${flow.id}.properties`, restart: ['restart', flow.id] };
  }
  return parseTopology(stringify(document, { aliasDuplicateObjects: false }), 'the example');
}

describe('a plan by hand over mirrors that run on their own', () => {
  const topology = onTheirOwn();
  const facts = { ...settingsOf(topology, groupId('orders')), from: a, to: b };

  it('turns the switch by a last line, under the epoch, and starts the workers anew', () => {
    const lines = instructionsFor(failoverPlan({ ...facts, fromIsLost: true }), topology, epoch(40));
    const stop = lines.findIndex((line) => /^# stage \d+: stop-mirror-a-to-b, at b$/.test(line));
    const file = '/etc/mm2/a-to-b.properties';
    expect(lines.slice(stop + 1, stop + 5)).toEqual([
      `printf '%s\\n' 'signalbox.epoch.a-to-b = 540' >> ${file}`,
      `printf '%s\\n' 'kafka-a->kafka-b.enabled = false' >> ${file}`,
      'restart a-to-b',
      `# to take it back: printf '%s\\n' 'kafka-a->kafka-b.enabled = true' >> ${file}; restart a-to-b`,
    ]);
  });

  it('says that positions cannot be set', () => {
    const plan = reprotectPlan({ ...facts, from: b, to: a, watermark: { 'orders-0': 100 } });
    expect(instructionsFor(plan, topology, epoch(40)).join('\n')).toContain(
      '# b-to-a cannot be told from where to go on: rebuild',
    );
  });
});
