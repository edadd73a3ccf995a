import type { Json, Plan, RunKind, SiteId, WeightedTarget } from '#libs/domain';
import {
  inspectBacklog,
  pointName,
  recordPositions,
  sealConfigs,
  sealNames,
  sealWrites,
  setConfigs,
  staged,
  writeAccess,
  type Draft,
  type PlanPolicy,
} from '../plan-drafts.js';
import { planOf } from '../plan.js';
import type { GroupShape } from '../policy.js';
import { refused, type PatternPlans, type Planned } from './planned.js';

/** A name that every site answers for, by its share. */
export interface SharedName {
  readonly name: string;
  readonly ttlSeconds: number;
  readonly sites: Readonly<Record<string, { readonly weight: number; readonly addresses: readonly string[] }>>;
}

export interface ActiveActiveShape extends Pick<GroupShape, 'group' | 'sites' | 'configs'> {
  readonly flows: readonly {
    readonly id: string;
    readonly from: SiteId;
    readonly to: SiteId;
    /** Whether topics keep their names at the target, or are prefixed with the source's. */
    readonly policy: 'identity' | 'default';
  }[];
  readonly names: readonly SharedName[];
}

export interface ActiveActiveFacts {
  readonly shape: ActiveActiveShape;
  readonly policy: PlanPolicy;
  /** The site that leaves, or comes back. */
  readonly site: SiteId;
  /** Nobody hears from it: its workers are asked, and not waited for. */
  readonly isLost: boolean;
  /** Other sites that no name leads to. */
  readonly out: readonly SiteId[];
}

const FAILOVER = ['seal', 'positions', 'redirect', 'verify'] as const;
const PLANNED = ['seal', 'redirect', 'fence', 'drain', 'verify'] as const;
const FAILBACK = ['seal', 'admit', 'verify', 'redirect'] as const;

/**
 * Every site takes writes, each to topics of its own, and follows the others'. Nothing is promoted: the share of one site
 * goes to the others, and every step of it can be taken back. A lost site is not fenced, and its guard not waited out:
 * what is still written there stands in topics that only it writes, and follows when its flows can read again.
 */
export const ACTIVE_ACTIVE: PatternPlans<ActiveActiveFacts> = {
  failover: (facts) =>
    planned('failover', facts, ({ serving, to }) =>
      staged(FAILOVER, {
        seal: sealAll(facts, serving, to),
        positions: flowsOut(facts).map((flow) => ({ ...recordPositions(facts, flow), mayFail: true })),
        redirect: [...shares(facts, serving, to), ...setConfigs(facts, facts.site, to).map(ofLeaving(facts))],
        verify: serving.map((site) => verifyWrites(facts, site, true)),
      }),
    ),
  switchover: (facts) =>
    planned('switchover', facts, ({ serving, to }) =>
      staged(PLANNED, {
        seal: sealAll(facts, serving, to),
        redirect: [...shares(facts, serving, to), ...setConfigs(facts, facts.site, to).map(ofLeaving(facts))],
        fence: [{ ...writeAccess(facts, facts.site, 'fence', 'none', 'clients'), fences: facts.site }],
        drain: flowsOut(facts).map((flow) => ({
          ...inspectBacklog(facts, flow, 'drain'),
          desired: 'empty',
          deadlineMs: facts.policy.drainTimeoutMs,
        })),
        verify: serving.map((site) => verifyWrites(facts, site, true)),
      }),
    ),
  failback: (facts) =>
    planned('failback', facts, ({ serving, to }) =>
      staged(FAILBACK, {
        seal: sealAll(facts, serving, to),
        admit: [writeAccess(facts, facts.site, 'admit-clients', 'clients', 'none')],
        verify: [verifyWrites(facts, facts.site, false)],
        redirect: [
          ...shares(facts, [...serving, facts.site], to, serving),
          ...setConfigs(facts, facts.site, facts.site).map((draft) => ({ ...draft, mayFail: true })),
        ],
      }),
    ),
  reprotect: () =>
    refused('nothing-to-protect', 'each site follows the others all the time: a site that is back goes on by itself'),
};

interface Roles {
  /** Sites that answer without the one that it is about, in declared order. */
  readonly serving: readonly SiteId[];
  /** One of them: it works for all of them. */
  readonly to: SiteId;
}

function planned(kind: RunKind, facts: ActiveActiveFacts, stepsFor: (roles: Roles) => Plan['steps']): Planned {
  const { shape, site, out } = facts;
  const serving = shape.sites.filter((each) => each !== site && !out.includes(each));
  const [to] = serving;
  const wrong = misfit(shape) ?? (to === undefined ? nobodyLeft(site) : unshared(shape, serving));
  if (wrong || to === undefined) return wrong ?? nobodyLeft(site);
  const [leaves, takes] = kind === 'failback' ? [to, site] : [site, to];
  return { plan: planOf(kind, { shape, from: leaves, to: takes }, stepsFor({ serving, to })) };
}

const nobodyLeft = (site: SiteId): Planned =>
  refused('nobody-left', `no other site answers: the share of ${site} has nowhere to go`);

/** What keeps a group from being active at several sites at all. */
function misfit({ flows, sites }: ActiveActiveShape): Planned | undefined {
  const identity = flows.filter(({ policy }) => policy === 'identity').map(({ id }) => id);
  if (identity.length > 0) {
    const why = 'a topic would have two writers, and each record would be copied back to where it came from';
    return refused(
      'identity-policy',
      `${identity.join(' and ')} keep topic names: with both directions running ${why}. Declare policy: default`,
    );
  }
  for (const from of sites) {
    for (const to of sites) {
      if (from === to || flows.some((flow) => flow.from === from && flow.to === to)) continue;
      return refused('flow-missing', `no flow replicates ${from} to ${to}: what ${from} takes would stay there`);
    }
  }
  return undefined;
}

/** A provider that finds no share at all answers with every site alike, the lost one too. */
function unshared({ names }: ActiveActiveShape, serving: readonly SiteId[]): Planned | undefined {
  const name = names.find((each) => serving.every((site) => (each.sites[site]?.weight ?? 0) === 0));
  return name && refused('no-share', `${name.name} has no share for ${serving.join(' or ')}: declare a weight above 0`);
}

const flowsOut = ({ shape, site }: ActiveActiveFacts) => shape.flows.filter(({ from }) => from === site);

const sealAll = (facts: ActiveActiveFacts, serving: readonly SiteId[], to: SiteId): Draft[] => [
  ...[sealWrites(facts, facts.site), ...sealConfigs(facts, facts.site)].map(ofLeaving(facts)),
  ...serving.map((site) => sealWrites(facts, site)),
  ...sealNames({ ...facts, to }),
];

const ofLeaving =
  ({ isLost }: ActiveActiveFacts) =>
  (draft: Draft): Draft => ({ ...draft, mayFail: true, ...(isLost && { deadlineMs: 0 }) });

const verifyWrites = (facts: ActiveActiveFacts, site: SiteId, mayFail: boolean): Draft => ({
  ...writeAccess(facts, site, 'verify-writes', 'clients'),
  action: 'inspect',
  ...(mayFail && { mayFail }),
});

/** Every name answers with `serving`, by their shares; taken back, as it did before. */
function shares(
  facts: ActiveActiveFacts,
  serving: readonly SiteId[],
  runsAt: SiteId,
  before?: readonly SiteId[],
): Draft[] {
  const earlier = before ?? [...serving, facts.site];
  return facts.shape.names.map((shared) =>
    pointName(facts, shared.name, runsAt, {
      desired: sharesOf(shared, serving),
      undo: sharesOf(shared, earlier),
    }),
  );
}

const sharesOf = ({ sites, ttlSeconds }: SharedName, serving: readonly SiteId[]): Json => {
  const target: WeightedTarget = {
    kind: 'weighted',
    members: Object.entries(sites)
      .map(([id, { weight, addresses }]) => ({
        id,
        weight: serving.some((site) => site === id) ? weight : 0,
        target: { addresses: [...addresses], ttlSeconds },
      }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1)),
  };
  return target as unknown as Json;
};
