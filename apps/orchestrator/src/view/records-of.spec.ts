import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { decodeDesired } from '#libs/contracts';
import { failoverPlan } from '#libs/decision';
import { epoch, groupId, siteId } from '#libs/domain';
import { parseTopology } from '#libs/topology';
import { parse, stringify } from 'yaml';
import type { Loose } from '../../../../test/support/broken-topology.js';
import { settingsOf } from '../group/group-settings.js';
import { instructionsFor } from './instructions.js';

const EXAMPLE = 'docs/examples/two-sites-and-witness.yaml';
const ROUTE53 = { kind: 'route53', hostedZoneId: 'Z1' };

/** The failover of the example, whose name points at something else than addresses. */
function failover(pointing: object, provider?: object) {
  const document: Loose = parse(readFileSync(EXAMPLE, 'utf8'));
  const { addresses: _, ...traffic } = document.groups[0].traffic[0];
  document.groups[0].traffic[0] = { ...traffic, ...pointing, ...(provider && { provider }) };
  if (provider) Object.assign((document.policy ??= {}), { stepTimeoutMs: 75_000, rtoGoalMs: 600_000 });
  const topology = parseTopology(stringify(document), 'the example');
  const facts = { ...settingsOf(topology, groupId('orders')), from: siteId('a'), to: siteId('b'), fromIsLost: true };
  const plan = failoverPlan(facts);
  const desired = plan.steps.find(({ name }) => name === 'redirect-kafka.example.com')?.desired;
  const lines = instructionsFor(plan, topology, epoch(40));
  return { desired: decodeDesired('name', desired, 'the step'), lines };
}

const BY_SITE = { a: 'a.example.net', b: 'b.example.net' };
const services = (host: string) => [{ priority: 1, weight: 2, port: 9092, host }];
const alias = (aliasOf: string) => ({ zoneId: 'Z9', aliasOf, evaluateHealth: true, families: ['ipv4', 'ipv6'] });

describe('a name that points at something else than addresses', () => {
  it('is set to a CNAME, by a worker and by hand', () => {
    const { desired, lines } = failover({ canonicalNames: BY_SITE });
    expect(desired).toMatchObject({ value: { kind: 'cname', canonicalName: 'b.example.net', ttlSeconds: 5 } });
    const update = lines.find((line) => line.startsWith('printf') && line.includes('nsupdate'));
    expect(update).toContain(
      'update delete kafka.example.com CNAME\\nupdate add kafka.example.com 5 CNAME b.example.net.',
    );
    expect(lines.join('\n')).toMatch(/# to take it back: .*5 CNAME a\.example\.net\./);
  });

  it('is set to services, by a worker and by hand', () => {
    const { desired, lines } = failover({ services: { a: services(BY_SITE.a), b: services(BY_SITE.b) } });
    expect(desired).toMatchObject({ value: { kind: 'services', services: services(BY_SITE.b), ttlSeconds: 5 } });
    expect(lines.join('\n')).toContain('update add kafka.example.com 5 SRV 1 2 9092 b.example.net.');
  });

  it('is set to an alias of Route 53, by a worker and by hand', () => {
    const { desired, lines } = failover({ aliases: { a: alias(BY_SITE.a), b: alias(BY_SITE.b) } }, ROUTE53);
    expect(desired).toMatchObject({ value: { kind: 'alias', aliasOf: BY_SITE.b, families: ['ipv4', 'ipv6'] } });
    const change = lines.find((line) => line.startsWith('aws route53 change-resource-record-sets'));
    const { Changes } = JSON.parse(/--change-batch '(.*)'$/.exec(change!)![1]!) as {
      readonly Changes: readonly { readonly ResourceRecordSet: object }[];
    };
    const AliasTarget = { HostedZoneId: 'Z9', DNSName: BY_SITE.b, EvaluateTargetHealth: true };
    expect(Changes.map(({ ResourceRecordSet }) => ResourceRecordSet)).toEqual([
      { Name: 'kafka.example.com', Type: 'A', AliasTarget },
      { Name: 'kafka.example.com', Type: 'AAAA', AliasTarget },
      expect.objectContaining({ Name: '_signalbox.kafka.example.com', TTL: 5 }),
    ]);
  });
});
