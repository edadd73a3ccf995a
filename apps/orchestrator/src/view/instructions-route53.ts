import type { AddressTarget, Step } from '#libs/domain';
import type { DnsTrafficBy } from '#libs/topology';
import { quoted, type ByHand } from './by-hand.js';

/**
 * One batch, with Amazon's own command. By hand it overwrites: whoever runs it has stopped every other writer. A family
 * that is no longer used is not in it, since only who reads it can delete it.
 */
export function route53Lines(
  { desired }: Step,
  traffic: DnsTrafficBy<'route53'>,
  { plan, stamp }: Pick<ByHand, 'plan' | 'stamp'>,
): readonly string[] {
  const { name, provider, addresses: bySite } = traffic;
  const { addresses, ttlSeconds } = desired as AddressTarget & { readonly [key: string]: never };
  const change = (to: readonly string[]) => {
    const sets = [
      ...(['A', 'AAAA'] as const).map((type) =>
        set(
          type,
          to.filter((address) => typeOf(address) === type),
        ),
      ),
      { Name: `_signalbox.${name}`, Type: 'TXT', TTL: ttlSeconds, ResourceRecords: [{ Value: `"epoch=${stamp}"` }] },
    ];
    const Changes = sets.flatMap((each) => (each ? [{ Action: 'UPSERT', ResourceRecordSet: each }] : []));
    return `${aws} change-resource-record-sets --hosted-zone-id ${provider.hostedZoneId} --change-batch ${quoted(JSON.stringify({ Changes }))}`;
  };
  const set = (Type: 'A' | 'AAAA', values: readonly string[]) =>
    values.length === 0
      ? undefined
      : { Name: name, Type, ...chosen, TTL: ttlSeconds, ResourceRecords: values.map((Value) => ({ Value })) };
  const chosen = provider.set && { SetIdentifier: provider.set.identifier, ...wireRouting(provider.set.by) };
  const aws = `aws route53${provider.endpoint === undefined ? '' : ` --endpoint-url ${provider.endpoint}`}`;
  return [
    `${aws} list-resource-record-sets --hosted-zone-id ${provider.hostedZoneId} --start-record-name ${name} --max-items 10`,
    '# keep what it prints: a HealthCheckId belongs into the line below, and what clients must not get any more is deleted',
    change(addresses),
    `# to take it back: ${change(bySite[plan.from] ?? [])}`,
    `# INSYNC when all name servers have it: ${aws} get-change --id <the Id that it printed>`,
    `dig +short ${name}`,
  ];
}

const typeOf = (address: string) => (address.includes(':') ? 'AAAA' : 'A');

type By = NonNullable<DnsTrafficBy<'route53'>['provider']['set']>['by'];

function wireRouting(by: By): object {
  if ('weight' in by) return { Weight: by.weight };
  if ('failover' in by) return { Failover: by.failover.toUpperCase() };
  if ('latencyRegion' in by) return { Region: by.latencyRegion };
  return { MultiValueAnswer: true };
}
