import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { DnsForeignRecordError } from '../errors.js';
import { canonicalName, canonicalSet, type RecordSet, type RecordType, type Routing } from '../record-set.js';

/** What Signalbox switches at a name; sets of other types are nobody's business here. */
const MANAGED: readonly string[] = ['A', 'AAAA', 'CNAME', 'SRV', 'TXT'];

export const isManaged = ({ Type }: ResourceRecordSet): boolean => MANAGED.includes(Type ?? '');

/** @throws DnsForeignRecordError for what a RecordSet cannot say: it could not be deleted as exactly as it is there */
export function recordSetOf(wire: ResourceRecordSet): RecordSet {
  const { Name: name = '', Type: type, TTL: ttlSeconds, AliasTarget: alias, HealthCheckId: healthCheckId } = wire;
  const beyond = ['GeoLocation', 'GeoProximityLocation', 'CidrRoutingConfig', 'TrafficPolicyInstanceId'] as const;
  const found = beyond.find((key) => wire[key] !== undefined);
  if (found !== undefined)
    throw new DnsForeignRecordError(
      `${name} in Route 53 has ${found}, which Signalbox does not switch: give clients a name without it`,
    );
  const routing = routingOf(wire);
  return canonicalSet({
    name,
    type: type as RecordType,
    values: (wire.ResourceRecords ?? []).map(({ Value = '' }) => (type === 'TXT' ? unquoted(Value) : Value)),
    ...(ttlSeconds !== undefined && { ttlSeconds }),
    ...(alias && {
      alias: {
        zoneId: alias.HostedZoneId ?? '',
        aliasOf: canonicalName(alias.DNSName ?? ''),
        evaluateHealth: alias.EvaluateTargetHealth ?? false,
      },
    }),
    ...(routing && { routing }),
    ...(healthCheckId !== undefined && { healthCheckId }),
  });
}

function routingOf(wire: ResourceRecordSet): Routing | undefined {
  const { SetIdentifier: setIdentifier, Weight: weight, Failover: failover, Region: latencyRegion } = wire;
  if (setIdentifier === undefined) return undefined;
  if (weight !== undefined) return { setIdentifier, by: { weight } };
  if (failover !== undefined)
    return { setIdentifier, by: { failover: failover === 'PRIMARY' ? 'primary' : 'secondary' } };
  if (latencyRegion !== undefined) return { setIdentifier, by: { latencyRegion } };
  return { setIdentifier, by: { multivalue: true } };
}

export function wireSetOf({
  name,
  type,
  values,
  ttlSeconds,
  alias,
  routing,
  healthCheckId,
}: RecordSet): ResourceRecordSet {
  return {
    Name: `${name}.`,
    Type: type,
    ...(routing && { SetIdentifier: routing.setIdentifier, ...wireRouting(routing.by) }),
    ...(alias
      ? {
          AliasTarget: {
            HostedZoneId: alias.zoneId,
            DNSName: `${alias.aliasOf}.`,
            EvaluateTargetHealth: alias.evaluateHealth,
          },
        }
      : {
          TTL: ttlSeconds ?? 0,
          ResourceRecords: values.map((value) => ({ Value: type === 'TXT' ? quoted(value) : value })),
        }),
    ...(healthCheckId !== undefined && { HealthCheckId: healthCheckId }),
  };
}

function wireRouting(by: Routing['by']): Partial<ResourceRecordSet> {
  if ('weight' in by) return { Weight: by.weight };
  if ('failover' in by) return { Failover: by.failover === 'primary' ? 'PRIMARY' : 'SECONDARY' };
  if ('latencyRegion' in by) return { Region: by.latencyRegion as NonNullable<ResourceRecordSet['Region']> };
  return { MultiValueAnswer: true };
}

/** A character string holds 255 bytes; a longer text is several of them, which readers put together. */
const STRING_MAX = 255;

const quoted = (text: string): string =>
  (text.match(new RegExp(`[^]{1,${STRING_MAX}}`, 'g')) ?? [''])
    .map((part) => `"${part.replace(/[\\"]/g, '\\$&')}"`)
    .join(' ');

const unquoted = (value: string): string =>
  [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)]
    .map(([, inner]) => inner!.replace(/\\([0-7]{3}|.)/g, (_, code: string) => characterOf(code)))
    .join('');

const characterOf = (code: string): string =>
  code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : code;
