import { isIPv4, isIPv6 } from 'node:net';
import { keyOf, type WireSet } from './wire-set.js';

const TYPES = ['SOA', 'A', 'TXT', 'NS', 'CNAME', 'MX', 'NAPTR', 'PTR', 'SRV', 'SPF', 'AAAA', 'CAA', 'DS'];
const TTL_MAX = 2_147_483_647;

/** What is wrong with a set by itself: every reason. */
export function faultsOf(set: WireSet, apex: string): readonly string[] {
  const named = `RRSet with DNS name ${set.name}, type ${set.type}`;
  return [
    ...(TYPES.includes(set.type) ? [] : [`${named} has an unknown type.`]),
    ...(set.name === apex || set.name.endsWith(`.${apex}`)
      ? []
      : [`RRSet with DNS name ${set.name} is not permitted in zone ${apex}`]),
    ...policyFaults(set, named),
    ...(set.alias ? aliasFaults(set, named) : valueFaults(set, named)),
    // "you can't create a CNAME record for the top node of a DNS namespace"
    ...(set.type === 'CNAME' && set.name === apex
      ? [`RRSet of type CNAME with DNS name ${set.name} is not permitted at apex in zone ${apex}`]
      : []),
  ];
}

function policyFaults(set: WireSet, named: string): readonly string[] {
  const policies = [set.weight, set.region, set.failover, set.multiValue, set.geoLocation].filter(
    (one) => one !== undefined,
  );
  // "An identifier that differentiates among multiple resource record sets that have the same combination of name and type"
  if (policies.length === 0)
    return set.setIdentifier === undefined ? [] : [`${named} has a SetIdentifier and no routing policy.`];
  return [
    ...(policies.length > 1 ? [`${named} has more than one routing policy.`] : []),
    ...(set.setIdentifier === undefined ? [`${named} needs a SetIdentifier.`] : []),
    // "You must specify a value for the Weight element for every weighted resource record set." 0 to 255
    ...(set.weight !== undefined && !(Number.isInteger(set.weight) && set.weight >= 0 && set.weight <= 255)
      ? [`${named} has a weight that is not from 0 to 255.`]
      : []),
    ...(set.failover !== undefined && !['PRIMARY', 'SECONDARY'].includes(set.failover)
      ? [`${named} has an unknown failover.`]
      : []),
    // "You can only specify one ResourceRecord per weighted resource record set." The same stands for latency.
    ...((set.weight !== undefined || set.region !== undefined) && set.values.length > 1
      ? [`${named} may have one ResourceRecord only.`]
      : []),
    // "You can't create multivalue answer alias records", and no CNAME of that kind
    ...(set.multiValue && (set.alias || set.type === 'CNAME') ? [`${named} cannot be a multivalue answer.`] : []),
    // "For failover alias resource record sets, you must also include the EvaluateTargetHealth element and set the value to true."
    ...(set.failover && set.alias && !set.alias.evaluate ? [`${named} must evaluate the health of its target.`] : []),
  ];
}

function aliasFaults(set: WireSet, named: string): readonly string[] {
  return [
    // "If you're creating or updating an alias resource record set, omit TTL", and ResourceRecords
    ...(set.ttl === undefined && set.values.length === 0
      ? []
      : [`${named} is an alias: TTL and ResourceRecords must be omitted.`]),
    ...(set.alias!.zoneId === '' ? [`${named} is an alias without HostedZoneId.`] : []),
  ];
}

function valueFaults(set: WireSet, named: string): readonly string[] {
  if (set.values.length === 0) return [`${named} has neither ResourceRecords nor an AliasTarget.`];
  return [
    ...(set.ttl !== undefined && Number.isInteger(set.ttl) && set.ttl >= 0 && set.ttl <= TTL_MAX
      ? []
      : [`${named} has no TTL from 0 to ${TTL_MAX}.`]),
    ...(new Set(set.values).size < set.values.length ? [`${named} has a duplicate resource record.`] : []),
    ...(set.type === 'CNAME' && set.values.length > 1 ? [`${named} may have one ResourceRecord only.`] : []),
    ...set.values.flatMap((value) => {
      const fault = valueFault(set.type, value);
      return fault === undefined
        ? []
        : [`Invalid Resource Record: FATAL problem: ${fault} encountered with '${value}'`];
    }),
  ];
}

const HOST = /^([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?$/;

function valueFault(type: string, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value) ? undefined : 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)';
    case 'AAAA':
      return isIPv6(value) ? undefined : 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)';
    case 'CNAME':
      return HOST.test(value) ? undefined : 'CNAMERRDATAIllegalDomainName (Value is not a valid domain name)';
    case 'SRV': {
      const [priority, weight, port, host, ...more] = value.split(' ');
      const numbers = [priority, weight, port].every((one) => /^\d{1,5}$/.test(one ?? '') && Number(one) <= 65_535);
      return numbers && HOST.test(host ?? '') && more.length === 0 ? undefined : 'SRVRRDATANotFourFields';
    }
    case 'TXT':
      return textFault(value);
    default:
      return undefined;
  }
}

/** "A single string can include up to 255 characters … enclosed in double quotation marks"; 4,000 characters in all. */
function textFault(value: string): string | undefined {
  const strings = stringsIn(value);
  if (strings === undefined) return 'InvalidCharacterString (Value should be enclosed in quotation marks)';
  if (strings.some((each) => each.length > 255)) return 'CharacterStringTooLong';
  return value.length > 4_000 ? 'TXTRDATATooLong' : undefined;
}

/** The character strings of a TXT, unquoted; undefined where the quotation marks are not right. */
export function stringsIn(value: string): readonly string[] | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)) return undefined;
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, inner]) =>
    inner!.replace(/\\(\d{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : code,
    ),
  );
}

const policyOf = ({ weight, region, failover, multiValue, geoLocation, setIdentifier }: WireSet): string => {
  if (setIdentifier === undefined) return 'simple';
  if (weight !== undefined) return 'weighted';
  if (region !== undefined) return 'latency';
  if (failover !== undefined) return 'failover';
  return multiValue ? 'multivalue' : geoLocation !== undefined ? 'geolocation' : 'simple';
};

/** Why a set cannot stand beside those that are there; its own place is free. */
export function conflictsOf(set: WireSet, there: readonly WireSet[], apex: string): readonly string[] {
  const sameName = there.filter(({ name }) => name === set.name);
  const named = `RRSet with DNS name ${set.name}, type ${set.type}`;
  const others = sameName.filter(({ type }) => type !== set.type);
  if (set.type === 'CNAME' && others.length > 0)
    return [
      `RRSet of type CNAME with DNS name ${set.name} is not permitted as it conflicts with other records with the same DNS name in zone ${apex}`,
    ];
  if (others.some(({ type }) => type === 'CNAME'))
    return [
      `RRSet of type ${set.type} with DNS name ${set.name} is not permitted because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${apex}`,
    ];
  const neighbours = sameName.filter((each) => each.type === set.type && keyOf(each) !== keyOf(set));
  const policy = policyOf(set);
  if (policy === 'simple' && neighbours.length > 0)
    return [`${named} cannot be created as other RRSets exist with the same name and type.`];
  // "You can't create latency, failover, or geolocation resource record sets that have the same values for the Name and
  // Type elements as weighted resource record sets", and so for each of them.
  if (neighbours.some((each) => policyOf(each) !== policy))
    return [
      `${named}, SetIdentifier ${set.setIdentifier ?? ''} cannot be created as a non-${policy} set exists with the same name and type.`,
    ];
  if (policy === 'failover' && neighbours.some(({ failover }) => failover === set.failover))
    return [
      `${named}, SetIdentifier ${set.setIdentifier ?? ''} cannot be created as a ${set.failover?.toLowerCase() ?? ''} exists.`,
    ];
  // "You can only create one latency resource record set for each Amazon EC2 Region."
  if (policy === 'latency' && neighbours.some(({ region }) => region === set.region))
    return [`${named}, SetIdentifier ${set.setIdentifier ?? ''} cannot be created as a set for its region exists.`];
  return [];
}

/** "To delete a resource record set, you must specify all the same values"; the order of the values does not matter. */
export const isSame = (one: WireSet, other: WireSet): boolean =>
  JSON.stringify(canonical(one)) === JSON.stringify(canonical(other));

const canonical = (set: WireSet) => [
  keyOf(set),
  [set.weight, set.region, set.failover, set.multiValue ?? false, set.geoLocation, set.ttl, set.healthCheckId],
  set.values.toSorted(),
  set.alias && [set.alias.zoneId, set.alias.dnsName, set.alias.evaluate],
];
