import type {
  ApprovalAnswer,
  AttestAnswer,
  NotificationTestAnswer,
  OverrideAnswer,
  ReleaseAnswer,
  RunAnswer,
  RunChangeAnswer,
} from '#libs/contracts';
import { approvalId, epoch, type Approval, type Run } from '#libs/domain';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { LAG } from './questions.js';
import { closedRun, stuckRun, stuckSteps } from './runs-of-orders.js';
import { A, ago, B, EVIDENCE_HASH, hence, ORDERS, PLAN_HASH, RUN } from './world.js';

const change = (phase: RunChangeAnswer['phase'], steps: readonly string[]): { body: RunChangeAnswer } => ({
  body: { group: ORDERS, run: RUN, phase, steps, next: [`signalbox run ${RUN} --wait`] },
});

const approval: Approval = {
  id: approvalId('ap-91c2'),
  group: ORDERS,
  kind: 'failover',
  target: B,
  requestedBy: 'ada',
  phase: 'granted',
  planHash: PLAN_HASH,
  evidenceHash: EVIDENCE_HASH,
  epoch: epoch(6),
  required: 1,
  approvers: ['oncall'],
  vetoes: [LAG],
  requestedAt: ago(90_000),
  expiresAt: hence(810_000),
  escalatesAt: [],
  answers: [{ by: 'grace', decision: 'grant', channel: 'cli', at: ago(0) }],
  decidedBy: 'grace',
  decidedAt: ago(0),
};

const denied: Approval = {
  ...approval,
  phase: 'denied',
  answers: [{ by: 'grace', decision: 'deny', channel: 'cli', at: ago(0), reason: 'a answers again' }],
  reason: 'a answers again',
};

const { decidedBy, decidedAt, ...asked } = approval;
void decidedBy;
void decidedAt;
const waiting: Approval = { ...asked, id: approvalId('ap-a3b8'), phase: 'partly-granted', required: 2 };
const alone = {
  ...approval,
  id: approvalId('ap-77d0'),
  required: 2,
  reason: 'a is dark, and nobody else answers the phone',
  review: { openedAt: ago(60_000), by: 'grace' },
} satisfies Approval;

const overridden: OverrideAnswer = {
  group: ORDERS,
  override: { veto: 'lag-above-rpo', by: 'ada', reason: 'the lag is of a test topic', until: hence(900_000) },
  overrides: [],
  next: ["signalbox switchover orders --to b --reason '<why>'"],
};

const attested: AttestAnswer = {
  group: ORDERS,
  attestation: { site: A, by: 'grace', reason: 'the power is cut', until: hence(3_600_000) },
  lifts: ['no-fence-possible', `step fence-a of run ${RUN} counts as done`],
  next: [`signalbox run ${RUN} --wait`],
};

const released: ReleaseAnswer = { group: ORDERS, site: A, next: [`signalbox preflight ${ORDERS}`] };

const testOfChannels: NotificationTestAnswer = {
  id: 'test-5d2c',
  by: 'ada',
  at: ago(1_000),
  channels: [
    { id: 'ops', outcome: 'told' },
    {
      id: 'on-call',
      outcome: 'failed',
      problem: 'PagerDuty answered 400: it does not take this event; check the routing key',
    },
  ],
};

export const ORDER_EXAMPLES: Examples = {
  'notify test': [
    example(
      'signalbox notify test',
      { 'POST /v1/notification-tests': { body: testOfChannels } },
      { exitCode: EXIT.refused },
    ),
  ],
  runs: [
    example('signalbox runs', {
      'GET /v1/runs': { body: [stuckRun, { ...closedRun, id: 'r-5b21' as Run['id'] }] satisfies readonly Run[] },
    }),
  ],
  run: [
    example(`signalbox run ${RUN}`, {
      [`GET /v1/runs/${RUN}`]: { body: { run: stuckRun, steps: stuckSteps } satisfies RunAnswer },
    }),
  ],
  'run retry': [
    example(`signalbox run retry ${RUN} --reason 'removed the rule'`, {
      [`POST /v1/runs/${RUN}/retry`]: change('stepping', ['deny-inbound-b']),
    }),
  ],
  'run skip': [
    example(`signalbox run skip ${RUN} deny-inbound-b --reason 'the mirror has no user any more'`, {
      [`POST /v1/runs/${RUN}/skip`]: change('stepping', ['deny-inbound-b']),
    }),
  ],
  'run abort': [
    example(`signalbox run abort ${RUN} --reason 'a is back'`, {
      [`POST /v1/runs/${RUN}/abort`]: change('compensating', ['fence-a']),
    }),
  ],
  abort: [
    example("signalbox abort orders --reason 'a is back'", {
      'POST /v1/groups/orders/abort': change('compensating', ['fence-a']),
    }),
  ],
  approve: [
    example('signalbox approve ap-91c2', {
      'POST /v1/approvals/ap-91c2/answers': {
        body: { ...approval, outcome: 'counted', next: [`signalbox status --watch`] } satisfies ApprovalAnswer,
      },
    }),
  ],
  approvals: [example('signalbox approvals', { 'GET /v1/approvals': { body: [waiting, alone, denied] } })],
  review: [
    example("signalbox review ap-77d0 --note 'a was dark indeed'", {
      'POST /v1/approvals/ap-77d0/review': {
        body: {
          ...alone,
          review: { ...alone.review, closedAt: ago(0), closedBy: 'ada', note: 'a was dark indeed' },
          outcome: 'counted',
          next: ['signalbox approvals'],
        } satisfies ApprovalAnswer,
      },
    }),
  ],
  cancel: [
    example("signalbox cancel ap-91c2 --reason 'a is back'", {
      'POST /v1/approvals/ap-91c2/cancel': {
        body: { ...asked, phase: 'cancelled', answers: [], outcome: 'counted', next: [] } satisfies ApprovalAnswer,
      },
    }),
  ],
  deny: [
    example("signalbox deny ap-91c2 --reason 'a answers again'", {
      'POST /v1/approvals/ap-91c2/answers': {
        body: { ...denied, outcome: 'counted', next: [] } satisfies ApprovalAnswer,
      },
    }),
  ],
  override: [
    example("signalbox override orders lag-above-rpo --for 15m --reason 'the lag is of a test topic'", {
      'POST /v1/groups/orders/override': { body: overridden },
    }),
  ],
  attest: [
    example("signalbox attest orders --site a --reason 'the power is cut'", {
      'POST /v1/groups/orders/attest': { body: attested },
    }),
  ],
  release: [
    example("signalbox release orders --site a --reason 'rebuilt from backup'", {
      'POST /v1/groups/orders/release': { body: released },
    }),
  ],
  freeze: [
    example("signalbox freeze orders --for 2h --reason 'database migration'", {
      'POST /v1/groups/orders/freeze': { body: {} },
    }),
  ],
  unfreeze: [
    example("signalbox unfreeze orders --reason 'migration is done'", {
      'POST /v1/groups/orders/unfreeze': { body: { frozen: false } },
    }),
  ],
};
