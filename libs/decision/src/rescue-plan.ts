import type { GroupId, Plan, SiteId } from '#libs/domain';
import {
  mirror,
  redirectNames,
  sealConfigs,
  sealFlow,
  sealNames,
  sealWrites,
  setConfigs,
  staged,
  writeAccess,
  type Draft,
  type PlanFacts,
} from './plan-drafts.js';

export interface RescueFacts extends Omit<PlanFacts, 'from' | 'to'> {
  /** The site that serves, on a person's word. */
  readonly active: SiteId;
  /** Passive sites that were read in order: they keep their standing fence, and replication toward them goes on. */
  readonly standing: readonly SiteId[];
}

/** Sealed before anything else, and every other site closed before the active one is opened. */
const RESCUE = ['seal', 'close', 'open', 'redirect'] as const;

/**
 * Makes every resource of the group say what a person said, under an epoch above all that was ever stamped: whatever
 * anybody prepared before is refused from the seal on. Absolute like every plan, so that what is right stays so. Pure.
 */
export function rescuePlan(facts: RescueFacts): Plan {
  const { shape, policy, active, standing } = facts;
  const at = (site: SiteId): PlanFacts => ({ ...facts, from: active, to: site });
  const here = at(active);
  const others = shape.sites.filter((site) => site !== active);
  const close = others.map((site): Draft => {
    const access = standing.includes(site)
      ? writeAccess(at(site), site, 'keep-inbound', 'inbound')
      : writeAccess(at(site), site, 'fence', 'none');
    const fence: Draft = { ...access, fences: site };
    switch (policy.fenceMode) {
      case 'strict':
        return { ...fence, waitOut: site };
      case 'guarded':
        return fence;
      case 'advisory':
        return { ...fence, mayFail: true };
    }
  });
  const steps = staged(RESCUE, {
    seal: sealsOf(facts),
    close: [
      ...close,
      ...shape.flows
        .filter(({ to }) => to === active)
        .map((flow) => ({ ...mirror(here, flow, 'stopped'), mayFail: true })),
    ],
    open: [{ ...writeAccess(here, active, 'open', 'clients'), pointOfNoReturn: true }],
    redirect: [
      ...redirectNames(here),
      ...setConfigs(here, active, active),
      ...others.flatMap((site) => setConfigs(here, site, active)).map((draft) => ({ ...draft, mayFail: true })),
    ],
  });
  return { kind: 'rescue', group: shape.group as GroupId, from: active, to: active, steps };
}

/** Asks every worker what its resources hold. `active`: where names are asked for. Pure. */
export function surveyPlan(facts: Omit<RescueFacts, 'standing'>): Plan {
  const { shape, active } = facts;
  const { stepTimeoutMs: deadlineMs } = facts.policy;
  const reads = sealsOf(facts).map((seal): Draft => ({
    ...seal,
    name: seal.name.replace(/^seal/, 'read'),
    action: 'read',
    deadlineMs,
  }));
  const steps = staged(['read'], { read: reads });
  return { kind: 'survey', group: shape.group as GroupId, from: active, to: active, steps };
}

/** Every resource there is, the ones that no single move touches among them. */
function sealsOf({ active, ...facts }: Omit<RescueFacts, 'standing'>): Draft[] {
  const { sites, flows } = facts.shape;
  const here: PlanFacts = { ...facts, from: active, to: active };
  return [
    ...sites.flatMap((site) => [sealWrites(here, site), ...sealConfigs(here, site)]),
    ...flows.map((flow) => sealFlow(here, 'mirror', flow)),
    ...sealNames(here),
  ];
}
