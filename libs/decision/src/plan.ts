import { invariant, type GroupId, type Json, type Plan, type SiteId, type Step } from '#libs/domain';
import type { DecisionPolicy, GroupShape } from './policy.js';

/** The order of a failover; what it guards against is in the order. */
const STAGES = ['seal', 'fence', 'close-inbound', 'positions', 'promote', 'redirect', 'verify'] as const;
type StageName = (typeof STAGES)[number];

/** A step whose place in the order is still a name. */
type Draft = Omit<Step, 'stage' | 'neededBy'> & { readonly neededBy?: StageName };

export interface FailoverRequest {
  readonly shape: GroupShape;
  readonly policy: Pick<DecisionPolicy, 'fenceMode' | 'sealTimeoutMs' | 'stepTimeoutMs'>;
  readonly from: SiteId;
  readonly to: SiteId;
  /** Nobody hears from the old site: its workers are asked, and not waited for. */
  readonly fromIsLost: boolean;
}

/** Unplanned active-passive: fence, then promote, then redirect, and verify each (design §7). Pure. */
export function failoverPlan(request: FailoverRequest): Plan {
  const { shape, from, to } = request;
  const stages: Readonly<Record<StageName, readonly Draft[]>> = {
    seal: seal(request),
    fence: [fenceOldSite(request)],
    'close-inbound': closeInbound(request),
    positions: recordPositions(request),
    promote: [{ ...writeAccess(request, to, 'promote', 'clients'), pointOfNoReturn: true }],
    redirect: shape.names.map((name) => redirect(request, name)),
    verify: [{ ...writeAccess(request, to, 'verify-writes', 'clients'), action: 'inspect', mayFail: true }],
  };
  const steps = STAGES.flatMap((name, stage) =>
    stages[name].map(({ neededBy, ...draft }): Step => ({
      ...draft,
      stage,
      ...(neededBy && { neededBy: STAGES.indexOf(neededBy) }),
    })),
  );
  return { kind: 'failover', group: shape.group as GroupId, from, to, steps };
}

/** Every resource of the group is stamped before anything moves; a delayed write of an older run is refused from here on. */
function seal(request: FailoverRequest): Draft[] {
  const { shape, policy, from, to, fromIsLost } = request;
  const stamp = { action: 'seal', deadlineMs: policy.sealTimeoutMs, mayFail: true } as const;
  const sealWrites = (site: SiteId): Draft => ({
    ...stamp,
    name: `seal-writes-${site}`,
    resource: { kind: 'write-access', group: shape.group, site },
    runsAt: site,
    worker: 'site-guard',
  });
  return [
    { ...sealWrites(from), ...(fromIsLost && { deadlineMs: 0 }) },
    sealWrites(to),
    ...inboundFlows(request).map((flow): Draft => ({
      ...stamp,
      name: `seal-mirror-${flow.id}`,
      resource: { kind: 'mirror', flow: flow.id },
      runsAt: to,
      worker: 'mirror-switcher',
    })),
    ...shape.names.map(({ name }): Draft => ({
      ...stamp,
      name: `seal-name-${name}`,
      resource: { kind: 'name', name },
      runsAt: to,
      worker: 'dns-switcher',
    })),
  ];
}

/** What counts as fenced when the old site's guard does not report is the fence mode's choice. */
function fenceOldSite(request: FailoverRequest): Draft {
  const { policy, from } = request;
  const fence = writeAccess(request, from, 'fence', 'none');
  switch (policy.fenceMode) {
    case 'strict':
      return { ...fence, waitOut: from };
    case 'guarded':
      return fence;
    case 'advisory':
      return { ...fence, mayFail: true };
  }
}

/**
 * The inbound principal's loss of WRITE, not the connector's STOP, is what refuses a late tail: promotion waits for the
 * first. With a dead source STOP takes a second or more; consumers wait for it, because a running checkpoint connector
 * could still set their groups back.
 */
function closeInbound(request: FailoverRequest): Draft[] {
  const stops = inboundFlows(request).map((flow): Draft => ({
    name: `stop-mirror-${flow.id}`,
    action: 'apply',
    resource: { kind: 'mirror', flow: flow.id },
    desired: 'stopped',
    runsAt: request.to,
    worker: 'mirror-switcher',
    deadlineMs: request.policy.stepTimeoutMs,
    mayFail: true,
    neededBy: 'redirect',
  }));
  return [...stops, writeAccess(request, request.to, 'deny-inbound', 'none')];
}

/** The watermark: how far the new site's log reaches before its first client write. */
const recordPositions = (request: FailoverRequest): Draft[] =>
  inboundFlows(request).map((flow) => ({
    name: `record-positions-${flow.id}`,
    action: 'inspect',
    resource: { kind: 'mirror', flow: flow.id },
    runsAt: request.to,
    worker: 'mirror-switcher',
    deadlineMs: request.policy.stepTimeoutMs,
    mayFail: true,
  }));

function redirect(
  { policy, to }: FailoverRequest,
  { name, ttlSeconds, addresses }: GroupShape['names'][number],
): Draft {
  const target = addresses[to];
  invariant(target, `${name} has no addresses for ${to}`);
  const desired: Json = { addresses: [...target], ttlSeconds };
  return {
    name: `redirect-${name}`,
    action: 'apply',
    resource: { kind: 'name', name },
    desired,
    runsAt: to,
    worker: 'dns-switcher',
    deadlineMs: policy.stepTimeoutMs,
  };
}

const writeAccess = ({ shape, policy }: FailoverRequest, site: SiteId, verb: string, desired: Json): Draft => ({
  name: `${verb}-${site}`,
  action: 'apply',
  resource: { kind: 'write-access', group: shape.group, site },
  desired,
  runsAt: site,
  worker: 'site-guard',
  deadlineMs: policy.stepTimeoutMs,
});

const inboundFlows = ({ shape, from, to }: FailoverRequest) =>
  shape.flows.filter((flow) => flow.from === from && flow.to === to);
