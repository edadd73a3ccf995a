import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { failoverPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

describe('a name in Route 53, by hand', () => {
  const document: Loose = parse(readFileSync('docs/examples/two-sites-and-witness.yaml', 'utf8'));
  document.groups[0].traffic[0].provider = {
    kind: 'route53',
    hostedZoneId: 'Z1',
    set: { identifier: 'eu', by: { failover: 'primary' } },
  };
  Object.assign((document.policy ??= {}), { stepTimeoutMs: 75_000, rtoGoalMs: 600_000 });
  const topology = parseTopology(stringify(document), 'the example in Route 53');
  const facts = { ...settingsOf(topology, groupId('orders')), from: siteId('a'), to: siteId('b'), fromIsLost: true };
  const lines = instructionsFor(failoverPlan(facts), topology, epoch(40));

  it('is one batch with the records and the stamp, and what takes it back', () => {
    const [change] = lines.filter((line) => line.startsWith('aws route53 change-resource-record-sets'));
    const batch: unknown = JSON.parse(/--change-batch '(.*)'$/.exec(change!)![1]!);
    const [address] = topology.groups[0]!.traffic[0]!.addresses![siteId('b')]!;
    expect(batch).toEqual({
      Changes: [
        {
          Action: 'UPSERT',
          ResourceRecordSet: {
            Name: 'kafka.example.com',
            Type: 'A',
            SetIdentifier: 'eu',
            Failover: 'PRIMARY',
            TTL: 5,
            ResourceRecords: [{ Value: address }],
          },
        },
        {
          Action: 'UPSERT',
          ResourceRecordSet: {
            Name: '_signalbox.kafka.example.com',
            Type: 'TXT',
            TTL: 5,
            ResourceRecords: [{ Value: '"epoch=540"' }],
          },
        },
      ],
    });
    expect(lines.some((line) => line.startsWith('# to take it back: aws route53 change-resource-record-sets'))).toBe(
      true,
    );
  });
});
