import type {
  ApprovalAnswer,
  AttestAnswer,
  OverrideAnswer,
  ReleaseAnswer,
  RunAnswer,
  RunChangeAnswer,
} from '#libs/contracts';
import { approvalId, type Approval, type Run } from '#libs/domain';
import { example, type Examples } from './example.js';
import { LAG } from './questions.js';
import { closedRun, stuckRun, stuckSteps } from './runs-of-orders.js';
import { A, ago, B, hence, ORDERS, PLAN_HASH, RUN } from './world.js';

const change = (phase: RunChangeAnswer['phase'], steps: readonly string[]): { body: RunChangeAnswer } => ({
  body: { group: ORDERS, run: RUN, phase, steps, next: [`signalbox run ${RUN} --wait`] },
});

const approval: Approval = {
  id: approvalId('ap-91c2'),
  group: ORDERS,
  kind: 'failover',
  target: B,
  requestedBy: 'ada',
  phase: 'approved',
  planHash: PLAN_HASH,
  vetoes: [LAG],
  requestedAt: ago(90_000),
  expiresAt: hence(810_000),
  decidedBy: 'grace',
  decidedAt: ago(0),
};

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

export const ORDER_EXAMPLES: Examples = {
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
      'POST /v1/approvals/ap-91c2/approve': {
        body: { ...approval, next: [`signalbox status --watch`] } satisfies ApprovalAnswer,
      },
    }),
  ],
  deny: [
    example("signalbox deny ap-91c2 --reason 'a answers again'", {
      'POST /v1/approvals/ap-91c2/deny': { body: { ...approval, phase: 'denied', next: [] } satisfies ApprovalAnswer },
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
