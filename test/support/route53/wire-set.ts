import { child, textOf, type Content, type Element } from './xml.js';

/** A resource record set as it stands in the API's XML: nothing is interpreted. */
export interface WireSet {
  /** With a final dot, in lower case. */
  readonly name: string;
  readonly type: string;
  readonly setIdentifier?: string;
  readonly weight?: number;
  readonly region?: string;
  readonly failover?: string;
  readonly multiValue?: boolean;
  readonly geoLocation?: string;
  readonly ttl?: number;
  readonly values: readonly string[];
  readonly alias?: { readonly zoneId: string; readonly dnsName: string; readonly evaluate: boolean };
  readonly healthCheckId?: string;
}

export type Action = 'CREATE' | 'DELETE' | 'UPSERT';

export interface WireChange {
  readonly action: Action;
  readonly set: WireSet;
}

/** "This means that Route 53 treats www.example.com (without a trailing dot) and www.example.com. as identical." */
export const qualified = (name: string): string => `${name.toLowerCase().replace(/\.$/, '')}.`;

export const keyOf = ({ name, type, setIdentifier }: WireSet): string => `${name} ${type} ${setIdentifier ?? ''}`;

/** "sorts results first by DNS name with the labels reversed … Note the trailing dot" */
export const sortKey = (name: string): string => `${qualified(name).split('.').slice(0, -1).toReversed().join('.')}.`;

export const inOrder = (one: WireSet, other: WireSet): number => {
  const [first, second] = [one, other].map((set) => [sortKey(set.name), set.type, set.setIdentifier ?? '']);
  const at = [0, 1, 2].find((index) => first![index] !== second![index]);
  return at === undefined ? 0 : first![at]! < second![at]! ? -1 : 1;
};

/** `undefined` for an action or a number that is none. */
export function changeIn(element: Element): WireChange | undefined {
  const action = textOf(element, 'Action');
  const set = setIn(child(element, 'ResourceRecordSet'));
  return set && (action === 'CREATE' || action === 'DELETE' || action === 'UPSERT') ? { action, set } : undefined;
}

function setIn(element: Element | undefined): WireSet | undefined {
  const [name, type] = [textOf(element, 'Name'), textOf(element, 'Type')];
  if (!name || !type) return undefined;
  const alias = child(element, 'AliasTarget');
  const geo = child(element, 'GeoLocation');
  const [weight, ttl] = [numberIn(element, 'Weight'), numberIn(element, 'TTL')];
  const records = child(element, 'ResourceRecords')?.children ?? [];
  return dropUndefined({
    name: qualified(name),
    type,
    setIdentifier: textOf(element, 'SetIdentifier'),
    weight,
    region: textOf(element, 'Region'),
    failover: textOf(element, 'Failover'),
    multiValue: textOf(element, 'MultiValueAnswer') === 'true' || undefined,
    geoLocation: geo && geo.children.map(({ name: of, text }) => `${of}=${text}`).join(),
    ttl,
    values: records.map((record) => textOf(record, 'Value') ?? ''),
    alias: alias && {
      zoneId: textOf(alias, 'HostedZoneId') ?? '',
      dnsName: qualified(textOf(alias, 'DNSName') ?? ''),
      evaluate: textOf(alias, 'EvaluateTargetHealth') === 'true',
    },
    healthCheckId: textOf(element, 'HealthCheckId'),
  });
}

const numberIn = (element: Element | undefined, name: string): number | undefined => {
  const text = textOf(element, name);
  return text === undefined ? undefined : Number(text);
};

const dropUndefined = <T extends object>(all: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };

/** In the order of the API's syntax. */
export const setContent = (set: WireSet): Content => [
  ['Name', set.name],
  ['Type', set.type],
  ['SetIdentifier', set.setIdentifier],
  ['Weight', set.weight],
  ['Region', set.region],
  ['Failover', set.failover],
  ['MultiValueAnswer', set.multiValue],
  ['TTL', set.ttl],
  ['ResourceRecords', set.alias ? undefined : set.values.map((value) => ['ResourceRecord', [['Value', value]]])],
  [
    'AliasTarget',
    set.alias && [
      ['HostedZoneId', set.alias.zoneId],
      ['DNSName', set.alias.dnsName],
      ['EvaluateTargetHealth', set.alias.evaluate],
    ],
  ],
  ['HealthCheckId', set.healthCheckId],
];
