import type { PlanAnswer, ProblemDetails, RequestAnswer, RunAnswer, VetoView } from '#libs/contracts';
import { approvalId, epoch, type Approval, type Plan } from '#libs/domain';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { LAG } from './questions.js';
import { closedRun, FAILBACK, FAILOVER, openRun, SALVAGE, stepsAfter, SWITCHOVER } from './runs-of-orders.js';
import { A, ago, EVIDENCE_HASH, hence, ORDERS, PLAN_HASH, RUN } from './world.js';

const REQUESTS = 'POST /v1/groups/orders/requests';
const AP = approvalId('ap-91c2');

const reprotect: Plan = { ...FAILBACK, kind: 'reprotect', steps: FAILBACK.steps.slice(0, 5) };

const started: RequestAnswer = {
  group: ORDERS,
  kind: 'switchover',
  target: SWITCHOVER.to,
  run: RUN,
  plan: SWITCHOVER,
  planHash: PLAN_HASH,
  vetoes: [],
  next: [`signalbox run ${RUN} --wait`, "signalbox abort orders --reason '<why>'"],
};

const asked = (plan: Plan, vetoes: readonly VetoView[] = []): RequestAnswer => ({
  group: ORDERS,
  kind: plan.kind as RequestAnswer['kind'],
  target: plan.to,
  approval: AP,
  plan,
  planHash: PLAN_HASH,
  vetoes,
  next: [`signalbox approve ${AP}  (somebody else than you)`, `signalbox explain ${ORDERS}`],
});

const FROZEN: VetoView = {
  name: 'frozen',
  message: 'frozen by ada until 2026-03-14T04:00:00.000Z: database migration',
  overridable: false,
};
const refused: ProblemDetails = {
  type: 'urn:signalbox:problem:SB_REQUEST_REFUSED',
  title: 'Conflict',
  status: 409,
  detail: `A switchover of orders to b is refused: ${FROZEN.message}; ${LAG.message}.`,
  instance: '/v1/groups/orders/requests',
  code: 'SB_REQUEST_REFUSED',
  remedy: 'end the freeze first; wait until replication has caught up',
  requestId: '5a1d6c0e',
  vetoes: [FROZEN, LAG],
};

const answer = (run: RunAnswer['run'], done: number) => ({
  body: { run, steps: stepsAfter(done) } satisfies RunAnswer,
});

const denied: Approval = {
  id: AP,
  group: ORDERS,
  kind: 'failback',
  target: A,
  requestedBy: 'ada',
  phase: 'denied',
  planHash: PLAN_HASH,
  evidenceHash: EVIDENCE_HASH,
  epoch: epoch(6),
  required: 1,
  approvers: [],
  vetoes: [],
  requestedAt: ago(90_000),
  expiresAt: hence(810_000),
  escalatesAt: [],
  answers: [{ by: 'grace', decision: 'deny', channel: 'cli', at: ago(0), reason: 'not before the weekend' }],
  decidedBy: 'grace',
  decidedAt: ago(0),
  reason: 'not before the weekend',
};
const { decidedBy, decidedAt, reason, ...undecided } = denied;

export const REQUEST_EXAMPLES: Examples = {
  failover: [
    example("signalbox failover orders --reason 'a is flooded'", { [REQUESTS]: { body: asked(FAILOVER, [LAG]) } }),
  ],
  switchover: [
    example("signalbox switchover orders --to b --reason 'new racks at a' --wait", {
      [REQUESTS]: { body: started },
      [`GET /v1/runs/${RUN}`]: [answer(openRun, 3), answer(openRun, 4), answer(closedRun, 7)],
    }),
    example(
      "signalbox switchover orders --to b --reason 'new racks at a'",
      { [REQUESTS]: { status: 409, body: refused } },
      { exitCode: EXIT.refused },
    ),
    example('signalbox switchover orders --to b --dry-run', {
      'GET /v1/groups/orders/plan?kind=switchover&to=b': {
        body: { plan: SWITCHOVER, planHash: PLAN_HASH, vetoes: [] } satisfies PlanAnswer,
      },
    }),
  ],
  failback: [
    example(
      "signalbox failback orders --reason 'a is dry again' --wait",
      {
        [REQUESTS]: { body: asked(FAILBACK) },
        'GET /v1/runs': { body: [] },
        'GET /v1/approvals': [
          { body: [{ ...undecided, phase: 'pending', answers: [] } satisfies Approval] },
          { body: [denied] },
        ],
      },
      { exitCode: EXIT.refused },
    ),
  ],
  reprotect: [
    example("signalbox reprotect orders --site a --reason 'a is dry again'", {
      [REQUESTS]: { body: asked(reprotect) },
    }),
  ],
  salvage: [
    example("signalbox salvage orders --as quarantined --reason 'before a is protected'", {
      [REQUESTS]: { body: asked(SALVAGE) },
    }),
  ],
};
