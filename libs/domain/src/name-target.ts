/**
 * What a traffic name points at: all of it, and nothing else. What has no `kind` is a set of addresses, the form that
 * journals have held from the start.
 */
export type NameTarget = AddressTarget | CnameTarget | ServiceTarget | AliasTarget | WeightedTarget;

/** What one answer can hold: everything but a choice between answers. */
export type PlainTarget = AddressTarget | CnameTarget | AliasTarget;

/** What a name can be set to for one site. */
export type OneTarget = PlainTarget | ServiceTarget;

/** A and AAAA records. */
export interface AddressTarget {
  readonly kind?: undefined;
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** A CNAME; nothing else can stand at that name. */
export interface CnameTarget {
  readonly kind: 'cname';
  readonly canonicalName: string;
  readonly ttlSeconds: number;
}

/** SRV records: the only weights that the DNS itself knows. */
export interface ServiceTarget {
  readonly kind: 'services';
  readonly services: readonly Service[];
  readonly ttlSeconds: number;
}

export interface Service {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly host: string;
}

/** A pointer that the provider resolves itself, to A and AAAA answers; their TTL is the other name's. */
export interface AliasTarget {
  readonly kind: 'alias';
  /** The zone of the other name, as the provider calls it. */
  readonly zoneId: string;
  readonly aliasOf: string;
  readonly evaluateHealth: boolean;
  readonly families: readonly ('ipv4' | 'ipv6')[];
}

/** Several targets side by side; the provider answers each query with one of them, as often as its share says. */
export interface WeightedTarget {
  readonly kind: 'weighted';
  readonly members: readonly WeightedMember[];
}

export interface WeightedMember {
  /** Tells it from its neighbours at the provider; kept for as long as the name lives. */
  readonly id: string;
  /** Its share is this over the sum of all; 0 takes it out of the answers. */
  readonly weight: number;
  readonly target: PlainTarget;
}

/** No target before a TTL has passed is forgotten by resolvers: the longest of all that it holds, undefined where others set it. */
export const ttlSecondsOf = (target: NameTarget): number | undefined => {
  if (target.kind === 'alias') return undefined;
  if (target.kind !== 'weighted') return target.ttlSeconds;
  const all = target.members.flatMap((member) => ttlSecondsOf(member.target) ?? []);
  return all.length === 0 ? undefined : Math.max(...all);
};

/** The same under another TTL; an alias has none of its own. */
export const withTtl = <T extends OneTarget>(target: T, ttlSeconds: number): T =>
  target.kind === 'alias' ? target : { ...target, ttlSeconds };

/** What clients are sent to, one text for each record, sorted: equal where a switch would move nobody. */
export function destinationsOf(target: OneTarget): readonly string[] {
  switch (target.kind) {
    case undefined:
      return target.addresses.toSorted();
    case 'cname':
      return [target.canonicalName];
    case 'alias':
      return [target.aliasOf];
    case 'services':
      return target.services
        .map(({ priority, weight, port, host }) => `${priority} ${weight} ${port} ${host}`)
        .toSorted();
  }
}
