import type { RescueAnswer, RescueFindings, SurveyAnswer } from '#libs/contracts';
import { epoch, runId } from '#libs/domain';
import { example, type Examples } from './example.js';
import { FAILOVER } from './runs-of-orders.js';
import { A, B, ORDERS, PLAN_HASH } from './world.js';

const SURVEY = runId('run-20261121-1012');
const HASH = '5d0c';
const AGAIN = `signalbox rescue ${ORDERS} --active b`;

const asked: SurveyAnswer = { group: ORDERS, survey: SURVEY, readings: 4, withinMs: 8_000, next: [AGAIN] };

const found: RescueFindings = {
  group: ORDERS,
  survey: SURVEY,
  active: B,
  pending: [],
  readings: [
    { resource: { kind: 'write-access', group: ORDERS, site: A }, runsAt: A, problem: 'nobody at a answered' },
    { resource: { kind: 'write-access', group: ORDERS, site: B }, runsAt: B, epoch: epoch(40), value: 'clients' },
    { resource: { kind: 'mirror', flow: 'a-to-b' }, runsAt: B, epoch: epoch(40), value: 'stopped' },
    {
      resource: { kind: 'name', name: 'kafka.example.com' },
      runsAt: B,
      epoch: epoch(40),
      value: { addresses: ['198.51.100.10'], ttlSeconds: 5 },
    },
  ],
  epoch: epoch(38),
  highest: epoch(40),
  nextEpoch: epoch(1_040),
  disagreements: [
    'the journal says that a is active, you say b',
    'write-access/orders/a was not read: nobody at a answered',
    'write-access/orders/b carries epoch 40, the journal is at 38',
    'mirror/a-to-b carries epoch 40, the journal is at 38',
    'name/kafka.example.com carries epoch 40, the journal is at 38',
  ],
  unread: [A],
  standing: [],
  hash: HASH,
  next: [`${AGAIN} --survey ${SURVEY} --confirm ${HASH} --attest '<why>'`, AGAIN],
};

const started: RescueAnswer = {
  group: ORDERS,
  run: runId('run-20261121-1015'),
  active: B,
  epoch: epoch(1_040),
  plan: { ...FAILOVER, kind: 'rescue', from: B, to: B },
  planHash: PLAN_HASH,
  next: ['signalbox run run-20261121-1015 --wait', `signalbox explain ${ORDERS}`],
};

export const RESCUE_EXAMPLES: Examples = {
  rescue: [
    example(AGAIN, {
      'POST /v1/groups/orders/survey': { body: asked },
      [`GET /v1/groups/orders/rescue?survey=${SURVEY}&active=b`]: { body: found },
    }),
    example(`${AGAIN} --survey ${SURVEY} --confirm ${HASH} --attest 'the racks of a are off'`, {
      'POST /v1/groups/orders/rescue': { body: started },
    }),
  ],
};
