import { ttlSecondsOf, type NameTarget, type ResolverSeen } from '#libs/domain';
import type { SetShape } from '../target-sets.js';
import { setsOf } from '../target-sets.js';
import type { AskedType, Resolver, ResolverAnswer } from './resolver.js';

/** What resolvers are asked, and what they may answer: for each type one of several sets of texts. */
type Expected = ReadonlyMap<AskedType, readonly (readonly string[])[]>;

/** Asks all of them once, side by side; one that does not answer gives nothing. */
export const askResolvers = (
  resolvers: readonly Resolver[],
  name: string,
  shape: SetShape,
  target: NameTarget,
  signal: AbortSignal,
): Promise<readonly ResolverSeen[]> => {
  const expected = expectedOf(name, target, shape);
  const maxTtlSeconds = ttlSecondsOf(target);
  return Promise.all(resolvers.map((resolver) => askOne(resolver, name, expected, maxTtlSeconds, signal)));
};

async function askOne(
  resolver: Resolver,
  name: string,
  expected: Expected,
  maxTtlSeconds: number | undefined,
  signal: AbortSignal,
): Promise<ResolverSeen> {
  const { address } = resolver;
  try {
    const types = [...expected.keys()];
    const answers = await Promise.all(types.map((type) => resolver.ask(name, type, signal)));
    const remainingTtlSeconds = Math.max(0, ...answers.map((answer) => answer.remainingTtlSeconds));
    const isNew =
      (maxTtlSeconds === undefined || remainingTtlSeconds <= maxTtlSeconds) &&
      answers.every((answer, index) => isOneOf(answer, expected.get(types[index]!)!));
    return { address, gives: isNew ? 'new' : 'old', remainingTtlSeconds };
  } catch {
    return { address, gives: 'nothing' };
  }
}

const isOneOf = ({ texts }: ResolverAnswer, allowed: readonly (readonly string[])[]): boolean =>
  allowed.length === 0 ? texts.length === 0 : allowed.some((each) => each.join('\n') === texts.join('\n'));

/**
 * Both families, since an address of the one that is no longer used may be cached, too. Where a provider resolves an
 * alias itself, its addresses are not known: nothing is asked. Pure.
 */
export function expectedOf(name: string, target: NameTarget, shape: SetShape): Expected {
  const sets = setsOf(name, target, shape, []).filter(({ routing }) => !isDrained(routing));
  if (sets.some(({ alias }) => alias !== undefined)) return new Map();
  const types: readonly AskedType[] =
    target.kind === 'cname' ? ['CNAME'] : target.kind === 'services' ? ['SRV'] : ['A', 'AAAA'];
  return new Map(
    types.map((type) => {
      const own = sets.filter((set) => set.type === type);
      return [type, own.map(({ values }) => values.map((value) => `${type} ${value}`.trim()).toSorted())];
    }),
  );
}

/** A set with weight 0 stands there, and is given to nobody. */
const isDrained = (routing: ReturnType<typeof setsOf>[number]['routing']): boolean =>
  routing !== undefined && 'weight' in routing.by && routing.by.weight === 0;
