import type { Json, OneTarget, RunKind, SiteId } from '#libs/domain';
import { pointedAt, pointName, sealNames, staged, writeAccess, type Draft, type PlanPolicy } from '../plan-drafts.js';
import { planOf } from '../plan.js';
import type { GroupShape } from '../policy.js';
import { refused, type PatternPlans, type Planned } from './planned.js';
import { survivalOf, type Place, type Replication } from './survival.js';

/** One cluster over several sites. */
export interface StretchShape extends Pick<GroupShape, 'group' | 'names'> {
  readonly places: readonly Place[];
  readonly replication: Replication;
}

export interface StretchFacts {
  readonly shape: StretchShape;
  readonly policy: PlanPolicy;
  /** What is lost, leaves, or comes back: a site, or one rack of it. */
  readonly part: { readonly site: SiteId; readonly rack?: string };
  /** Partitions with fewer replicas in sync than they have; undefined when nobody could ask. */
  readonly underReplicated: number | undefined;
}

const ORDER = ['seal', 'prove', 'redirect', 'verify'] as const;

/**
 * Kafka itself moves the leaders, and its own quorum is the fence: nothing is fenced or promoted here. What is left to do
 * is to lead clients to brokers that are there, and not before a write with acks=all was seen to succeed. Without a majority
 * of the controllers brokers go on showing what was, so that what they say of themselves is no proof.
 */
export const STRETCH: PatternPlans<StretchFacts> = {
  failover: (facts) => leave('failover', facts),
  switchover: (facts) => notInSync(facts) ?? leave('switchover', facts),
  failback: (facts) => notInSync(facts) ?? comeBack(facts),
  reprotect: () =>
    refused(
      'replicates-by-itself',
      'brokers that are back catch up by themselves: wait until no partition is under-replicated',
    ),
};

function leave(kind: RunKind, facts: StretchFacts): Planned {
  const { shape, part } = facts;
  const gone = isIn(part);
  const left = sitesWithBrokers(shape.places.filter((place) => !gone(place)));
  const problem = tooLittleLeft(facts);
  if (problem) return problem;
  const [to] = left;
  if (to === undefined) return refused('nobody-left', `no broker is left outside ${named(part)}`);
  if (left.includes(part.site)) {
    const why = 'clients find them by the same names, and Kafka moves the leaders';
    return refused('nothing-to-move', `${part.site} still has brokers outside ${named(part)}: ${why}`);
  }
  return { plan: planOf(kind, { shape, from: part.site, to }, steps(facts, left, to)) };
}

function comeBack(facts: StretchFacts): Planned {
  const { shape, part } = facts;
  const all = sitesWithBrokers(shape.places);
  const from = all.find((site) => site !== part.site);
  if (from === undefined) return refused('nobody-left', `no broker stands outside ${part.site}`);
  return { plan: planOf('failback', { shape, from, to: part.site }, steps(facts, all, from)) };
}

/** Numbers and all, since a person has to decide what is worth what now. */
function tooLittleLeft({ shape: { places, replication }, part }: StretchFacts): Planned | undefined {
  const survival = survivalOf(places, replication, isIn(part));
  const { controllersLeft, controllers, replicasLeft } = survival;
  if (!survival.hasMajority) {
    const stale = 'what is left shows leaders and replicas as they were, and takes writes with acks=1 that may be lost';
    return refused(
      'no-controller-majority',
      `without ${named(part)} ${controllersLeft} of ${controllers} controllers are left: ${stale}. No name is moved; bring controllers back`,
    );
  }
  if (!survival.takesAcksAll) {
    const { factor, minInsync } = replication;
    return refused(
      'acks-all-refused',
      `without ${named(part)} some partitions keep ${replicasLeft} of ${factor} replicas, and min.insync.replicas is ${minInsync}: writes with acks=all are refused. To lower it is for a person to decide`,
    );
  }
  return undefined;
}

function notInSync({ underReplicated }: StretchFacts): Planned | undefined {
  if (underReplicated === 0) return undefined;
  const found =
    underReplicated === undefined ? 'nobody could ask' : `${underReplicated} partitions are under-replicated`;
  return refused('not-in-sync', `${found}: what is planned waits until every replica is in sync`);
}

/** Sealing comes first, as everywhere; the proof comes before anything is changed that clients follow. */
function steps(facts: StretchFacts, leadTo: readonly SiteId[], runsAt: SiteId) {
  const { shape } = facts;
  const before = facts.shape.places;
  const others = sitesWithBrokers(before.filter(({ site }) => site !== facts.part.site));
  const earlier = leadTo.includes(facts.part.site) ? others : sitesWithBrokers(before);
  return staged(ORDER, {
    seal: sealNames({ ...facts, to: runsAt }),
    prove: [proof(facts, runsAt, 'prove-acks-all')],
    redirect: shape.names.map(({ name, ttlSeconds, targets }) => {
      const leading = (sites: readonly SiteId[]): Json => pointedAt(joined(targets, sites), ttlSeconds);
      return pointName(facts, name, runsAt, { desired: leading(leadTo), undo: leading(earlier) });
    }),
    verify: leadTo.map((site) => ({ ...proof(facts, site, 'verify-writes'), mayFail: true })),
  });
}

/** Records of several sites in one answer; a CNAME and an alias lead to one place only, that of the first site. */
function joined(targets: Readonly<Record<string, OneTarget>>, sites: readonly SiteId[]): OneTarget {
  const all = sites.flatMap((site) => targets[site] ?? []);
  const [first] = all;
  if (first?.kind === 'cname' || first?.kind === 'alias') return first;
  if (first?.kind === 'services')
    return { ...first, services: all.flatMap((each) => (each.kind === 'services' ? each.services : [])) };
  return {
    addresses: all.flatMap((each) => (each.kind === undefined ? each.addresses : [])),
    ttlSeconds: first?.ttlSeconds ?? 0,
  };
}

/** A write with acks=all, made at that site. */
const proof = (facts: StretchFacts, site: SiteId, verb: string): Draft => ({
  ...writeAccess(facts, site, verb, 'clients'),
  action: 'inspect',
});

const isIn =
  ({ site, rack }: StretchFacts['part']) =>
  (place: Place): boolean =>
    place.site === site && (rack === undefined || place.rack === rack);

const sitesWithBrokers = (places: readonly Place[]): readonly SiteId[] => [
  ...new Set(places.filter(({ brokers }) => brokers > 0).map(({ site }) => site)),
];

const named = ({ site, rack }: StretchFacts['part']): string => (rack === undefined ? site : `rack ${rack} of ${site}`);
