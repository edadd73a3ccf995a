import { epoch, instant, type Plan, type Run, type SiteId, type Step, type StepRecord } from '#libs/domain';
import { A, ago, B, ORDERS, PLAN_HASH, RUN } from './world.js';

type Rest = Pick<Step, 'name' | 'stage' | 'resource'> & Partial<Step>;
const step = (rest: Rest): Step => ({ action: 'apply', runsAt: B, worker: 'site-guard', deadlineMs: 10_000, ...rest });

const writesAt = (site: SiteId) => ({ kind: 'write-access', group: ORDERS, site }) as const;
const seal = (site: SiteId): Step =>
  step({
    name: `seal-writes-${site}`,
    stage: 0,
    action: 'seal',
    resource: writesAt(site),
    runsAt: site,
    deadlineMs: 1_000,
  });
const fence = step({ name: 'fence-a', stage: 1, resource: writesAt(A), desired: 'none', runsAt: A, fences: A });
const denyInbound = step({ name: 'deny-inbound-b', stage: 2, resource: writesAt(B), desired: 'none', undo: 'inbound' });
const drain = step({
  name: 'drain-a-to-b',
  stage: 2,
  action: 'inspect',
  resource: { kind: 'backlog', flow: 'a-to-b' },
  desired: 'empty',
  worker: 'mirror-switcher',
  deadlineMs: 30_000,
});
const arrive: readonly Step[] = [
  step({ name: 'promote-b', stage: 3, resource: writesAt(B), desired: 'clients', pointOfNoReturn: true }),
  step({
    name: 'redirect-kafka.example.com',
    stage: 4,
    resource: { kind: 'name', name: 'kafka.example.com' },
    desired: ['198.51.100.10'],
    worker: 'dns-switcher',
  }),
  step({
    name: 'verify-writes-b',
    stage: 5,
    action: 'inspect',
    resource: writesAt(B),
    desired: 'clients',
    mayFail: true,
  }),
];

const fromAToB = { group: ORDERS, from: A, to: B } as const;

/** The plans of the examples are a little shorter than real ones. */
export const SWITCHOVER: Plan = {
  ...fromAToB,
  kind: 'switchover',
  steps: [seal(A), seal(B), { ...fence, undo: 'clients' }, drain, ...arrive],
};
export const FAILOVER: Plan = {
  ...fromAToB,
  kind: 'failover',
  steps: [seal(B), { ...fence, waitOut: A }, denyInbound, ...arrive],
};
export const FAILBACK: Plan = { ...SWITCHOVER, kind: 'failback', from: B, to: A };

/** Of the tail that a failover left in a. */
export const SALVAGE: Plan = {
  kind: 'salvage',
  group: ORDERS,
  from: B,
  to: A,
  steps: [
    step({
      name: 'seal-salvage-a-to-b',
      stage: 0,
      action: 'seal',
      resource: { kind: 'salvage', flow: 'a-to-b' },
      worker: 'mirror-switcher',
      deadlineMs: 1_000,
    }),
    step({
      name: 'verify-fence-a',
      stage: 1,
      action: 'inspect',
      resource: writesAt(A),
      desired: 'none',
      runsAt: A,
    }),
    step({
      name: 'salvage-a-to-b',
      stage: 2,
      resource: { kind: 'salvage', flow: 'a-to-b' },
      worker: 'mirror-switcher',
      deadlineMs: 30_000,
    }),
  ],
};

/** What a switchover reads back, step by step. */
const READ_BACK: readonly NonNullable<StepRecord['verifiedBy']>[] = [
  { check: 'sealed', observed: 5 },
  { check: 'sealed', observed: 5 },
  { check: 'write refused', observed: 'TOPIC_AUTHORIZATION_FAILED' },
  { check: 'backlog', observed: 'empty' },
  { check: 'write accepted and read back', observed: 'clients' },
  { check: 'every reachable server answers', observed: ['198.51.100.10'] },
  { check: 'write accepted and read back', observed: 'clients' },
];

export const openRun: Run = {
  id: RUN,
  plan: SWITCHOVER,
  planHash: PLAN_HASH,
  evidenceHash: 'e1',
  epoch: epoch(5),
  phase: 'stepping',
  stage: 2,
  startedAt: ago(3_000),
  requestedBy: 'ada',
  exceptions: [],
};
export const closedRun: Run = { ...openRun, phase: 'completed', stage: 5, finishedAt: ago(600) };

/** The steps of the switchover when the first `done` of them have ended. */
export const stepsAfter = (done: number): readonly StepRecord[] =>
  SWITCHOVER.steps.map((each, index) => recordOf(each, index, index < done, READ_BACK[index]));

const recordOf = (each: Step, index: number, isDone: boolean, verifiedBy: StepRecord['verifiedBy']): StepRecord => {
  const record = { ...each, run: RUN, epoch: openRun.epoch };
  if (!isDone) return { ...record, status: 'planned', attempt: 0 };
  const startedAt = instant(openRun.startedAt + index * 300);
  const finishedAt = instant(startedAt + 140);
  return { ...record, status: 'done', attempt: 1, startedAt, finishedAt, ...(verifiedBy && { verifiedBy }) };
};

const PROBLEM = 'ALLOW User:legacy WRITE on topic orders is not ours; remove it';

/** A failover that stands still: a broker's rules are in the way, and a person has to look. */
export const stuckRun: Run = {
  ...openRun,
  plan: FAILOVER,
  phase: 'needs-human',
  problem: `deny-inbound-b is failed after 5 attempts: ${PROBLEM}`,
};
export const stuckSteps: readonly StepRecord[] = FAILOVER.steps.map((each, index) => {
  const verifiedBy = [READ_BACK[0], { check: 'self-fence-waited-out', observed: { silentMs: 36_120 } }][index];
  const record = recordOf(each, index, index <= 2, verifiedBy);
  return index === 2 ? { ...record, status: 'failed', attempt: 5, problem: PROBLEM } : record;
});
