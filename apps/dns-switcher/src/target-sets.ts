import { isIPv6 } from 'node:net';
import type { NameTarget, PlainTarget, Service, WeightedTarget } from '#libs/domain';
import { DnsForeignRecordError } from './errors.js';
import { hasSameSets } from './name-change.js';
import { canonicalSet, canonicalSets, setKey, type RecordSet, type RecordType, type Routing } from './record-set.js';

/** What stays as it is when a name is switched. */
export interface SetShape {
  /** Where Signalbox has one of several sets of a name: which one, and by what the provider chooses it. */
  readonly routing?: Routing;
  /** For sets that are new; those that are there keep theirs. */
  readonly healthCheckId?: string;
}

/** The sets that say `target`, and keep the health checks of the sets that they replace. Pure. */
export function setsOf(
  name: string,
  target: NameTarget,
  shape: SetShape,
  seen: readonly RecordSet[],
): readonly RecordSet[] {
  const checks = new Map(seen.map((set) => [setKey(set), set.healthCheckId]));
  const bare =
    target.kind === 'weighted'
      ? target.members.flatMap(({ id, weight, target: plain }) =>
          plainSets(name, plain, { setIdentifier: id, by: { weight } }),
        )
      : plainSets(name, target, shape.routing);
  return canonicalSets(bare).map((set) => {
    const healthCheckId = checks.has(setKey(set)) ? checks.get(setKey(set)) : shape.healthCheckId;
    return healthCheckId === undefined ? set : { ...set, healthCheckId };
  });
}

function plainSets(name: string, target: Exclude<NameTarget, WeightedTarget>, routing?: Routing): readonly RecordSet[] {
  const set = (type: RecordType, values: readonly string[], rest: Pick<RecordSet, 'ttlSeconds' | 'alias'>): RecordSet =>
    canonicalSet({ name, type, values, ...rest, ...(routing && { routing }) });
  switch (target.kind) {
    case undefined: {
      const { addresses, ttlSeconds } = target;
      const [v6, v4] = [addresses.filter((one) => isIPv6(one)), addresses.filter((one) => !isIPv6(one))];
      return [
        ...(v4.length > 0 ? [set('A', v4, { ttlSeconds })] : []),
        ...(v6.length > 0 ? [set('AAAA', v6, { ttlSeconds })] : []),
      ];
    }
    case 'cname':
      return [set('CNAME', [target.canonicalName], { ttlSeconds: target.ttlSeconds })];
    case 'services':
      return [set('SRV', target.services.map(serviceText), { ttlSeconds: target.ttlSeconds })];
    case 'alias': {
      const { zoneId, aliasOf, evaluateHealth } = target;
      const alias = { zoneId, aliasOf, evaluateHealth };
      return target.families.map((family) => set(family === 'ipv4' ? 'A' : 'AAAA', [], { alias }));
    }
  }
}

const serviceText = ({ priority, weight, port, host }: Service): string => `${priority} ${weight} ${port} ${host}`;

/**
 * What sets say; of a name that has none, no addresses.
 * @throws DnsForeignRecordError where they say what a NameTarget cannot
 */
export function targetOf(name: string, sets: readonly RecordSet[], shape: SetShape): NameTarget {
  const chosen = sets.filter(({ routing }) => routing !== undefined);
  if (shape.routing !== undefined || chosen.length === 0) return plainTarget(name, sets);
  if (chosen.length < sets.length || !chosen.every(({ routing }) => 'weight' in routing!.by))
    throw foreign(name, 'several sets that are not chosen by weight', 'give the set identifier of the one to switch');
  const ids = [...new Set(chosen.map(({ routing }) => routing!.setIdentifier))].toSorted();
  const members = ids.map((id) => {
    const own = chosen.filter(({ routing }) => routing!.setIdentifier === id);
    return { id, weight: weightOf(own[0]!), target: unserved(name, plainTarget(name, own)) };
  });
  return { kind: 'weighted', members };
}

const weightOf = ({ routing }: RecordSet): number => (routing && 'weight' in routing.by ? routing.by.weight : 0);

function unserved(name: string, target: NameTarget): PlainTarget {
  if (target.kind === 'services' || target.kind === 'weighted')
    throw foreign(name, 'SRV records with set identifiers', 'weights of SRV records stand in the records themselves');
  return target;
}

function plainTarget(name: string, sets: readonly RecordSet[]): Exclude<NameTarget, WeightedTarget> {
  const types = new Set(sets.map(({ type }) => type));
  const ttlSeconds = sets[0]?.ttlSeconds ?? 0;
  const values = sets.flatMap((set) => set.values);
  if (sets.some(({ alias }) => alias !== undefined)) return aliasTarget(name, sets);
  if (types.has('CNAME')) return { kind: 'cname', canonicalName: values[0]!, ttlSeconds };
  if (!types.has('SRV')) return { addresses: values.toSorted(), ttlSeconds };
  if (types.size > 1)
    throw foreign(
      name,
      'SRV records beside addresses',
      'Signalbox switches a name as a whole: give the services a name of their own',
    );
  const services = values.map((value) => {
    const [priority, weight, port, host] = value.split(' ');
    return { priority: Number(priority), weight: Number(weight), port: Number(port), host: host! };
  });
  return { kind: 'services', services, ttlSeconds };
}

function aliasTarget(name: string, sets: readonly RecordSet[]): NameTarget & { readonly kind: 'alias' } {
  const [first] = sets;
  const isOne = sets.every(({ alias }) => JSON.stringify(alias) === JSON.stringify(first!.alias));
  if (!isOne) throw foreign(name, 'an alias beside other records', 'point all of its sets at one alias, or at none');
  const families = sets.map(({ type }) => (type === 'AAAA' ? ('ipv6' as const) : ('ipv4' as const))).toSorted();
  return { kind: 'alias', ...first!.alias!, families };
}

/**
 * Whether an answer is one that `target` gives. Where the provider chooses between sets, or resolves an alias itself, the
 * answer alone does not tell: there the stamp beside it does, which is changed in the same batch. Pure.
 */
export function answersShow(name: string, answer: readonly RecordSet[], target: NameTarget, shape: SetShape): boolean {
  if (target.kind === 'alias') return answer.length > 0;
  const wanted = target.kind === 'weighted' ? target.members.filter(({ weight }) => weight > 0) : [{ target }];
  if (shape.routing !== undefined || wanted.length === 0) return true;
  return wanted.some((each) => each.target.kind === 'alias' || hasSameSets(setsOf(name, each.target, {}, []), answer));
}

const foreign = (name: string, what: string, remedy: string): DnsForeignRecordError =>
  new DnsForeignRecordError(`${name} has ${what}: ${remedy}`);
