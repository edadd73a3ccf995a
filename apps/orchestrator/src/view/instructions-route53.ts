import { ttlSecondsOf, type AliasTarget, type OneTarget, type Step } from '#libs/domain';
import { targetsOf, type DnsTrafficBy } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';
import { recordsOf } from './records-of.js';

/**
 * One batch, with Amazon's own command. By hand it overwrites: whoever runs it has stopped every other writer. A family
 * that is no longer used is not in it, since only who reads it can delete it.
 */
export function route53Lines(
  { desired }: Step,
  traffic: DnsTrafficBy<'route53'>,
  { plan, stamp }: Pick<ByHand, 'plan' | 'stamp'>,
): readonly string[] {
  const { name, provider } = traffic;
  const target = desired as unknown as OneTarget;
  const TTL = ttlSecondsOf(target) ?? traffic.ttlSeconds;
  const change = (to: OneTarget | undefined) => {
    const stampSet = { Name: `_signalbox.${name}`, Type: 'TXT', TTL, ResourceRecords: [{ Value: `"epoch=${stamp}"` }] };
    const sets = [...(to ? setsOf(to) : []).map((set) => ({ Name: name, ...set, ...chosen })), stampSet];
    const Changes = sets.map((each) => ({ Action: 'UPSERT', ResourceRecordSet: each }));
    return `${aws} change-resource-record-sets --hosted-zone-id ${provider.hostedZoneId} --change-batch ${quoted(JSON.stringify({ Changes }))}`;
  };
  const setsOf = (to: OneTarget): readonly { readonly Type: string }[] =>
    to.kind === 'alias'
      ? to.families.map((family) => ({ Type: family === 'ipv6' ? 'AAAA' : 'A', AliasTarget: wireAlias(to) }))
      : [...Map.groupBy(recordsOf(to), ({ type }) => type)].map(([Type, records]) => ({
          Type,
          TTL,
          ResourceRecords: records.map(({ data: Value }) => ({ Value })),
        }));
  const chosen = provider.set && { SetIdentifier: provider.set.identifier, ...wireRouting(provider.set.by) };
  const aws = `aws route53${provider.endpoint === undefined ? '' : ` --endpoint-url ${provider.endpoint}`}`;
  return [
    `${aws} list-resource-record-sets --hosted-zone-id ${provider.hostedZoneId} --start-record-name ${name} --max-items 10`,
    '# keep what it prints: a HealthCheckId belongs into the line below, and what clients must not get any more is deleted',
    change(target),
    `# to take it back: ${change(targetsOf(traffic)[plan.from])}`,
    `# INSYNC when all name servers have it: ${aws} get-change --id <the Id that it printed>`,
    `dig +short ${name}`,
  ];
}

const wireAlias = ({ zoneId, aliasOf, evaluateHealth }: AliasTarget): object => ({
  HostedZoneId: zoneId,
  DNSName: aliasOf,
  EvaluateTargetHealth: evaluateHealth,
});

type By = NonNullable<DnsTrafficBy<'route53'>['provider']['set']>['by'];

function wireRouting(by: By): object {
  if ('weight' in by) return { Weight: by.weight };
  if ('failover' in by) return { Failover: by.failover.toUpperCase() };
  if ('latencyRegion' in by) return { Region: by.latencyRegion };
  return { MultiValueAnswer: true };
}
