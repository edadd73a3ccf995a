import { invariant, type Json, type SiteId } from '#libs/domain';
import { pointedAt, type Draft, type PlanFacts } from './plan-drafts.js';
import type { GroupShape } from './policy.js';

type Name = GroupShape['names'][number];

/** Resolvers count whole seconds, and the last server may learn of a change a little later than the first. */
const ROUNDING_MS = 5_000;

/** Whether a planned move of the group lowers TTLs at all; where it does not, its plan has no stages for it. */
export const lowersTtls = ({ shape }: PlanFacts): boolean => shape.names.some(isLowered);

const isLowered = ({ plannedTtlSeconds }: Name): boolean => plannedTtlSeconds !== undefined;
const lowered = ({ shape }: PlanFacts): readonly Name[] => shape.names.filter(isLowered);

/** Still the old site's addresses: clients notice nothing, and ask again sooner from here on. */
export const lowerTtls = (facts: PlanFacts): Draft[] =>
  lowered(facts).map((name) => ({
    ...pointing(facts, name, facts.from, name.plannedTtlSeconds ?? name.ttlSeconds),
    name: `lower-ttl-${name.name}`,
    undo: targetAt(name, facts.from, name.ttlSeconds),
  }));

/** The long TTL runs out while writes go on: afterwards nobody keeps an old answer for longer than the short one. */
export const awaitTtls = (facts: PlanFacts): Draft[] =>
  lowered(facts).map((name) => ({
    name: `await-ttl-${name.name}`,
    action: 'inspect',
    resource: { kind: 'resolution', name: name.name },
    desired: targetAt(name, facts.from, name.plannedTtlSeconds ?? name.ttlSeconds),
    runsAt: facts.to,
    worker: 'dns-switcher',
    deadlineMs: name.ttlSeconds * 1_000 + ROUNDING_MS + facts.policy.stepTimeoutMs,
  }));

/** What the new site serves under the short TTL gets the long one again; that it does not holds up nothing. */
export const restoreTtls = (facts: PlanFacts): Draft[] =>
  lowered(facts).map((name) => ({
    ...pointing(facts, name, facts.to, name.ttlSeconds),
    name: `restore-ttl-${name.name}`,
    mayFail: true,
  }));

const pointing = ({ to, policy }: PlanFacts, name: Name, site: SiteId, ttlSeconds: number): Omit<Draft, 'name'> => ({
  action: 'apply',
  resource: { kind: 'name', name: name.name },
  desired: targetAt(name, site, ttlSeconds),
  runsAt: to,
  worker: 'dns-switcher',
  deadlineMs: policy.stepTimeoutMs,
});

function targetAt({ name, targets }: Name, site: SiteId, ttlSeconds: number): Json {
  const target = targets[site];
  invariant(target, `nobody says where ${name} points while ${site} is active`);
  return pointedAt(target, ttlSeconds);
}
