import type {
  ExplainAnswer,
  ForecastAnswer,
  PlanAnswer,
  PlanExportAnswer,
  PreflightAnswer,
  TimelineRow,
  VetoView,
  VoteView,
} from '#libs/contracts';
import { epoch, flowId, processId, type AuditEntry, type SiteId } from '#libs/domain';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { FAILOVER, SWITCHOVER } from './runs-of-orders.js';
import { A, ago, away, B, catchingUp, DOWN, moving, ORDERS, PLAN_HASH, statusOf, steady, W } from './world.js';

export const LAG: VetoView = {
  name: 'lag-above-rpo',
  message:
    'a-to-b was 12400 ms (3021 records) behind in a sample 800 ms old at the first failed round; the RPO is 5000 ms',
  overridable: true,
};

const suspecting: AuditEntry = {
  group: ORDERS,
  sequence: 12,
  at: ago(41_000),
  actor: { kind: 'process', id: 'orchestrator@b' },
  rule: 'dwelling',
  before: 'steady',
  after: 'suspecting',
  epoch: epoch(4),
  evidence: null,
  evidenceHash: '',
  previous: '',
  hash: '',
};

const vote = (site: SiteId, ageMs: number): VoteView => ({
  site,
  process: processId(`health-monitor@${site}`),
  opinion: 'down',
  reason: 'produce failed on 3 of 3 canary partitions for 13 rounds',
  failedForMs: 41_300,
  healthyForMs: 0,
  ageMs,
});

const row = (change: Partial<TimelineRow>): TimelineRow => ({
  from: ago(0),
  phase: 'steady',
  rules: [],
  times: 1,
  by: 'orchestrator@b',
  byPerson: false,
  epoch: epoch(4),
  vetoes: [],
  follows: [],
  ...change,
});

const explained: ExplainAnswer = {
  group: ORDERS,
  phase: 'suspecting',
  rule: 'dwelling',
  verdict: DOWN,
  recorded: true,
  vetoes: [LAG],
  toChange: [
    'the dwell would have to pass: 41300 of 90000 ms so far',
    `${LAG.message} (a person may approve all the same)`,
  ],
  next: ['signalbox status --watch', 'signalbox plan orders', "signalbox failover orders --reason '<why>'"],
  votes: [vote(B, 700), vote(W, 1_900)],
  timeline: [
    row({ from: ago(41_000), phase: 'suspecting', rules: ['dwelling'] }),
    row({ from: ago(59_000), until: ago(41_000), rules: ['active-no-quorum', 'active-blind'], times: 2 }),
    row({ from: ago(7_200_000), until: ago(59_000), rules: ['unfreeze'], by: 'alice', byPerson: true }),
  ],
  decisions: [suspecting],
};

const planned: PlanAnswer = { plan: FAILOVER, planHash: PLAN_HASH, vetoes: [LAG] };

const exported: PlanExportAnswer = {
  format: 'signalbox.plan-export.v1',
  group: ORDERS,
  plan: SWITCHOVER,
  planHash: PLAN_HASH,
  madeAt: ago(0),
  madeBy: B,
  epoch: epoch(4),
  instructions: [
    '# 1. fence-a, at a',
    'kafka-acls --bootstrap-server kafka.a.example:9094 --add --deny-principal User:* --operation Write --topic orders --force',
    '# 2. drain-a-to-b, at b: wait until nothing is left to copy',
  ],
  keyId: 'b-1',
  signature: 'mJ0=',
};

const ready: PreflightAnswer = {
  group: ORDERS,
  ok: false,
  checks: [
    { name: 'leader', ok: true, message: 'orchestrator@b leads orders', remedy: '' },
    { name: 'guard-a', ok: true, message: 'the site-guard of a renews and is armed by acl', remedy: '' },
    { name: 'guard-b', ok: false, message: 'the site-guard of b does not renew', remedy: 'Start the site-guard of b.' },
    { name: 'lag-a-to-b', ok: true, message: 'a-to-b is 10 ms (10 records) behind, measured 100 ms ago', remedy: '' },
    { name: 'freeze', ok: true, message: 'nobody has frozen it', remedy: '' },
  ],
};

const foreseen: ForecastAnswer = {
  group: ORDERS,
  at: ago(0),
  from: A,
  to: B,
  start: 'after-approval',
  atRisk: { flow: flowId('a-to-b'), records: 3_021, ms: 13_200, sampleAgeMs: 800 },
  takes: { runs: 7, medianMs: 48_000, p95Ms: 71_000, slowestMs: 71_000 },
  vetoes: [LAG],
  warnings: ready.checks.filter(({ ok }) => !ok),
  next: ['signalbox plan orders', 'signalbox preflight orders'],
};

export const QUESTION_EXAMPLES: Examples = {
  status: [
    example('signalbox status', { 'GET /v1/status': { body: statusOf(steady) } }),
    example('signalbox status --verbose', { 'GET /v1/status': { body: statusOf(away) } }),
    example('signalbox status', { 'GET /v1/status': { body: statusOf(catchingUp) } }),
    example('signalbox status', { 'GET /v1/status': { body: statusOf(moving) } }),
  ],
  explain: [example('signalbox explain orders', { 'GET /v1/groups/orders/explain': { body: explained } })],
  preflight: [
    example(
      'signalbox preflight',
      {
        'GET /v1/status': { body: statusOf(steady) },
        'GET /v1/groups/orders/preflight': { body: ready },
      },
      { exitCode: EXIT.refused },
    ),
  ],
  forecast: [
    example('signalbox forecast', {
      'GET /v1/status': { body: statusOf(steady) },
      'GET /v1/groups/orders/forecast': { body: foreseen },
    }),
  ],
  plan: [example('signalbox plan orders', { 'GET /v1/groups/orders/plan': { body: planned } })],
  'plan export': [
    example('signalbox plan export orders --kind switchover --to b --out orders-to-b.json', {
      'GET /v1/groups/orders/plan/export?kind=switchover&to=b': { body: exported },
    }),
    example('signalbox plan export orders --kind switchover --to b', {
      'GET /v1/groups/orders/plan/export?kind=switchover&to=b': { body: exported },
    }),
  ],
};
