import { approvalId, instant, type Json, type RunKind, type RunPhase } from '#libs/domain';
import type { FenceMode } from '#libs/decision';
import { keys } from '#libs/journal';
import type { Group } from '#libs/topology';
import { askedApproval } from '../support/asked-approval.js';
import { abortRun } from '../../apps/orchestrator/src/operation/abort.js';
import { requestMove } from '../../apps/orchestrator/src/operation/move-request.js';
import { a, b, group, Stage, w } from '../support/group-stage.js';
import { QUARANTINED } from '../support/quarantined.js';
import type { Cast } from './cast.js';
import { insist } from './people.js';
import type { Trouble } from './world.js';

/** A plan, and how it comes to be carried out or taken back. */
export interface Scenario {
  readonly name: string;
  readonly fenceMode?: FenceMode;
  /** Whether clients read their settings as well, and their groups are looked after: plans are longer for it, all alike. */
  readonly hasConfigs?: true;
  /** The site that is active before. */
  readonly active: 'a' | 'b';
  /** What differs in the world from what `active` says. */
  readonly initial?: Readonly<Record<string, Json>>;
  readonly trouble?: readonly Trouble[];
  /** The steps that are for nobody: those of a site that is lost. */
  readonly untaken?: readonly string[];
  readonly ends: Extract<RunPhase, 'completed' | 'completed-with-exceptions' | 'aborted'>;
  /** Before any process is started. */
  readonly before: (stage: Stage) => Promise<void>;
  /** Starts everything else than the orchestrator that leads, and goes on with what people do. */
  readonly begin: (cast: Cast) => void | Promise<void>;
}

/** Longer than any dwell of the stage. */
const FAILED_FOR_MS = 5_000;
/** Every look while somebody waits costs a little; these are as short as processes that start again allow. */
const WAITS = { leaderTtlMs: 1_000, requestTimeoutMs: 200, fenceMarginMs: 200, stepTimeoutMs: 2_000 };
const SELF_FENCE_MS = 500;

/** A stage with short waits, and with something for clients to read at each site where that is wanted. */
export const stageFor = ({ fenceMode = 'strict', hasConfigs }: Scenario): Stage =>
  new Stage({ fenceMode, ...(hasConfigs ? { configs: [CLIENTS], consumers: { untranslated: 'oldest' } } : {}) }, WAITS);

const CLIENTS: Group['configs'][number] = {
  id: 'clients',
  target: { kind: 'directory', files: { [a]: '/etc/clients.json', [b]: '/etc/clients.json' } },
  data: { [a]: { bootstrap: 'a:9092' }, [b]: { bootstrap: 'b:9092' } },
};

/** A is silent, with an armed guard that fenced it when it could renew no longer. */
async function aIsSilent(stage: Stage): Promise<void> {
  await stage.guardA({ selfFenceMs: SELF_FENCE_MS });
  await stage.loseA(FAILED_FOR_MS);
}

/** A's cluster is down, and everything else at A answers. */
async function aIsDown(stage: Stage): Promise<void> {
  await stage.allWell();
  for (const site of [a, b, w]) await stage.vote(site, 'kafka-a', 'down', FAILED_FOR_MS);
}

/** Somebody asked for it, and somebody else has approved. */
const approved =
  (kind: RunKind, returning: object = {}) =>
  async (stage: Stage): Promise<void> => {
    await stage.allWell();
    const id = approvalId('approval-1');
    const asked = {
      approval: id,
      kind,
      target: a,
      requestedBy: 'alice',
      expiresAt: instant(stage.clock.now() + 60_000),
    };
    await stage.stands({ active: b, returning, phase: 'awaiting-approval', ...asked });
    const { target, requestedBy, expiresAt } = asked;
    const approval = askedApproval({
      id,
      group,
      kind,
      target,
      requestedBy,
      expiresAt,
      requestedAt: stage.clock.now(),
      phase: 'granted',
      decidedBy: 'bob',
    });
    const put = { kind: 'put', key: keys.approval(id), value: JSON.stringify(approval) } as const;
    await stage.journal.commit({ conditions: [], changes: [put] });
  };

const bothSites = (cast: Cast): void => {
  for (const site of [a, b]) cast.workersAt(site);
};
const onlyB = (cast: Cast): void => cast.workersAt(b);

const switchover = (cast: Cast): void => {
  bothSites(cast);
  insist(cast, 'switchover', requestMove({ kind: 'switchover', reason: 'new racks' }));
};

/** While the positions are recorded, which takes its time, A is well again and somebody takes the failover back. */
const abortedOnTheWay =
  (begin: (cast: Cast) => void, comesBack: boolean) =>
  async (cast: Cast): Promise<void> => {
    begin(cast);
    const { stage } = cast;
    await cast.reaches('record-positions-a-to-b');
    for (const site of [a, b]) await stage.vote(site, 'kafka-a', 'up');
    await stage.guard(a);
    if (comesBack) cast.workersAt(a);
    insist(cast, 'abort', abortRun({ reason: 'it is back' }));
  };

const NEVER_RECORDED: readonly Trouble[] = [{ resource: 'mirror/a-to-b', expected: null, answers: false }];
const NEVER_DRAINED: readonly Trouble[] = ['a-to-b', 'b-to-a'].map((flow) => ({
  resource: `backlog/${flow}`,
  expected: 'empty',
}));
const RETURNED = { a: { ...QUARANTINED, phase: 'lost' } };

/** Every plan, carried out. */
export const CARRIED_OUT: readonly Scenario[] = [
  {
    name: 'failover, strict',
    active: 'a',
    initial: { 'write-access/orders/a': 'none' },
    untaken: ['fence-a', 'seal-writes-a'],
    ends: 'completed-with-exceptions',
    before: aIsSilent,
    begin: onlyB,
  },
  {
    name: 'failover, guarded',
    fenceMode: 'guarded',
    hasConfigs: true,
    active: 'a',
    ends: 'completed',
    before: aIsDown,
    begin: bothSites,
  },
  {
    name: 'failover, advisory',
    fenceMode: 'advisory',
    active: 'a',
    untaken: ['fence-a', 'seal-writes-a'],
    ends: 'completed-with-exceptions',
    before: aIsSilent,
    begin: onlyB,
  },
  { name: 'switchover', active: 'a', ends: 'completed', before: (stage) => stage.allWell(), begin: switchover },
  { name: 'failback', active: 'b', ends: 'completed', before: approved('failback'), begin: bothSites },
  {
    name: 'quarantine',
    hasConfigs: true,
    active: 'b',
    initial: { 'write-access/orders/a': 'none' },
    ends: 'completed',
    before: async (stage) => {
      await stage.allWell();
      await stage.stands({ active: b, returning: RETURNED });
    },
    begin: bothSites,
  },
  {
    name: 'reprotect',
    active: 'b',
    initial: { 'write-access/orders/a': 'none', 'mirror/b-to-a': 'stopped' },
    ends: 'completed',
    before: approved('reprotect', { a: QUARANTINED }),
    begin: bothSites,
  },
  {
    name: 'salvage',
    active: 'b',
    initial: { 'write-access/orders/a': 'none' },
    ends: 'completed',
    before: approved('salvage', { a: QUARANTINED }),
    begin: bothSites,
  },
];

/** Every plan, taken back: a failover by somebody, before its point of no return, the others by themselves. */
export const TAKEN_BACK: readonly Scenario[] = [
  {
    name: 'failover, strict, taken back',
    active: 'a',
    initial: { 'write-access/orders/a': 'none' },
    untaken: ['fence-a', 'seal-writes-a'],
    trouble: NEVER_RECORDED,
    ends: 'aborted',
    before: aIsSilent,
    begin: abortedOnTheWay(onlyB, true),
  },
  {
    name: 'failover, guarded, taken back',
    fenceMode: 'guarded',
    hasConfigs: true,
    active: 'a',
    trouble: NEVER_RECORDED,
    ends: 'aborted',
    before: aIsDown,
    begin: abortedOnTheWay(bothSites, false),
  },
  {
    name: 'failover, advisory, taken back',
    fenceMode: 'advisory',
    active: 'a',
    untaken: ['fence-a', 'seal-writes-a'],
    trouble: NEVER_RECORDED,
    ends: 'aborted',
    before: aIsSilent,
    begin: abortedOnTheWay(onlyB, true),
  },
  {
    name: 'switchover, taken back',
    active: 'a',
    trouble: NEVER_DRAINED,
    ends: 'aborted',
    before: (stage) => stage.allWell(),
    begin: switchover,
  },
  {
    name: 'failback, taken back',
    active: 'b',
    trouble: NEVER_DRAINED,
    ends: 'aborted',
    before: approved('failback'),
    begin: bothSites,
  },
  {
    name: 'quarantine, taken back',
    hasConfigs: true,
    active: 'b',
    initial: { 'write-access/orders/a': 'none' },
    trouble: [{ resource: 'write-access/orders/a', expected: 'none' }],
    ends: 'aborted',
    before: async (stage) => {
      await stage.allWell();
      await stage.stands({ active: b, returning: RETURNED });
    },
    begin: bothSites,
  },
  {
    name: 'reprotect, taken back',
    active: 'b',
    initial: { 'write-access/orders/a': 'none', 'mirror/b-to-a': 'stopped' },
    trouble: [{ resource: 'mirror/b-to-a', expected: 'running' }],
    ends: 'aborted',
    before: approved('reprotect', { a: QUARANTINED }),
    begin: bothSites,
  },
];
