import type { GroupStatus, StatusAnswer } from '#libs/contracts';
import {
  clusterId,
  epoch,
  groupId,
  instant,
  processId,
  runId,
  siteId,
  type GuardRecord,
  type SiteId,
  type SiteVoice,
  type Verdict,
  type WriteAccess,
} from '#libs/domain';

/** What the examples have in common: the group `orders`, home at `a`, and a night on which it moved to `b`. */

export const NOW = instant(Date.UTC(2026, 2, 14, 3, 12, 0));
export const ago = (ms: number) => instant(NOW - ms);
export const hence = (ms: number) => instant(NOW + ms);

export const [A, B, W] = [siteId('a'), siteId('b'), siteId('w')];
export const ORDERS = groupId('orders');
export const RUN = runId('r-7f3a');
export const PLAN_HASH = '5f2c09d1';
export const EVIDENCE_HASH = 'c8a1f0e7';

const voice = (site: SiteId, opinion: SiteVoice['opinion']): SiteVoice => ({
  site,
  opinion,
  failedForMs: 0,
  healthyForMs: 0,
  reasons: [],
});

export const UP: Verdict = {
  cluster: clusterId('kafka-a'),
  kind: 'up',
  rule: 'verdict-7-up',
  failedForMs: 0,
  voices: [voice(A, 'up'), voice(B, 'up'), voice(W, 'up')],
};
export const UP_B: Verdict = { ...UP, cluster: clusterId('kafka-b') };
export const DOWN: Verdict = {
  ...UP,
  kind: 'down',
  rule: 'verdict-5-down-by-quorum',
  failedForMs: 41_300,
  dwellMs: 90_000,
  voices: [
    voice(A, 'silent'),
    { ...voice(B, 'down'), reasons: ['produce failed on 3 of 3 canary partitions for 13 rounds'] },
    { ...voice(W, 'down'), reasons: ['produce failed on 3 of 3 canary partitions for 13 rounds'] },
  ],
};

export const guard = (site: SiteId, access: WriteAccess, at: number): GuardRecord => ({
  site,
  process: processId(`site-guard@${site}`),
  incarnation: 'i-1',
  renewal: 1,
  armed: true,
  armedBy: 'acl',
  selfFenceMs: 30_000,
  enforced: { orders: { access, epoch: epoch(at), by: 'acl' } },
  at: NOW,
});

/** Home at `a`, nothing to do. */
export const steady: GroupStatus = {
  group: ORDERS,
  mode: 'approve',
  fenceMode: 'strict',
  phase: 'steady',
  active: A,
  epoch: epoch(4),
  leader: processId('orchestrator@b'),
  quarantined: [],
  returning: {},
  protectedAfterMs: 60_000,
};

/** Served by `b`; `a` has come back and was taken in. */
export const away: GroupStatus = {
  ...steady,
  active: B,
  epoch: epoch(6),
  quarantined: [A],
  returning: {
    a: {
      phase: 'quarantined',
      since: ago(260_000),
      rule: 'site-quarantined',
      leftBy: RUN,
      stranded: {
        records: 17,
        ranges: [
          { topic: 'orders', partition: 0, from: 88_210, to: 88_221 },
          { topic: 'orders', partition: 2, from: 87_004, to: 87_010 },
        ],
      },
    },
  },
};

/** Served by `b`, which replicates toward `a` again. */
export const catchingUp: GroupStatus = {
  ...away,
  epoch: epoch(7),
  returning: {
    a: {
      phase: 'catching-up',
      since: ago(48_000),
      rule: 'catching-up-under-rpo',
      leftBy: RUN,
      stranded: { records: 17, ranges: [] },
      keepsUpSince: ago(12_000),
    },
  },
};

/** On its way to `b`. */
export const moving: GroupStatus = { ...steady, phase: 'running', kind: 'switchover', run: RUN, epoch: epoch(5) };

export const statusOf = (group: GroupStatus, verdicts: readonly Verdict[] = [UP, UP_B]): StatusAnswer => ({
  site: B,
  process: processId('orchestrator@b'),
  journal: { reachable: true, missing: [] },
  topologyHash: 'f00',
  clusters: verdicts.map((verdict) => ({ verdict, recorded: true })),
  groups: [group],
  guards: [A, B].map((site) => ({
    record: guard(site, accessAt(site, group), group.epoch),
    leaseHeld: true,
  })),
  queues: (['dns-switcher', 'config-switcher', 'mirror-switcher'] as const).map((worker) => ({
    worker,
    depth: 0,
    oldestMs: 0,
    rung: 12,
    missed: 0,
  })),
  missing: [],
});

const accessAt = (site: SiteId, { active, returning, run }: GroupStatus): WriteAccess => {
  if (run !== undefined || returning[site]?.phase === 'quarantined') return 'none';
  return site === active ? 'clients' : 'inbound';
};
