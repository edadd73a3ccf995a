import { chain, exportChain, GENESIS, rpoCertificate, rpoMeasurement } from '#libs/audit';
import { signFlowPositions, signingKey } from '#libs/contracts';
import { epoch, flowId, processId, type Json } from '#libs/domain';
import { example, type Examples } from './example.js';
import { A, ago, B, ORDERS, RUN } from './world.js';

const KEY = signingKey('b-1', Buffer.alloc(32, 1).toString('base64'));

const position = (partition: number, sourceEnd: number, copied: number, peakPerSecond: number) => ({
  topic: 'orders',
  partition,
  sourceEnd,
  copiedAtLeast: copied,
  copied,
  lagMs: sourceEnd > copied ? 180 : 0,
  peakPerSecond,
});

const positions = signFlowPositions(
  {
    flow: flowId('a-to-b'),
    site: B,
    process: processId('health-monitor@b'),
    writtenAt: ago(92_000),
    lagRecords: 14,
    lagMs: 180,
    sourceAgeMs: 400,
    mirrorAgeMs: 300,
    movedAgeMs: 300,
    partitions: [position(0, 81_402, 81_391, 12), position(1, 80_117, 80_117, 9), position(2, 82_960, 82_957, 14)],
    groups: [
      { group: 'app-billing', topic: 'orders', partition: 0, upstream: 81_350 },
      { group: 'app-billing', topic: 'orders', partition: 2, upstream: 82_960 },
    ],
    rest: { partitions: 0, recordsAtRisk: 0, peakPerSecond: 0 },
    problems: [],
  },
  KEY,
);
const certificate = rpoCertificate(positions, { run: RUN, from: A, at: ago(90_000), isOpen: false });
const stranded = {
  records: 26,
  ranges: [
    { topic: 'orders', partition: 0, from: 81_391, to: 81_410 },
    { topic: 'orders', partition: 2, from: 82_957, to: 82_964 },
  ],
};

const noted = (rule: string, evidence: object, agoMs: number) => ({
  group: ORDERS,
  at: ago(agoMs),
  actor: { kind: 'process', id: 'orchestrator@b' } as const,
  rule,
  before: 'running',
  after: 'running',
  epoch: epoch(4),
  evidence: evidence as unknown as Json,
});

const certified = { run: RUN, isOpen: false, certificates: [certificate], unknown: [] };
const closed = chain(GENESIS, noted('rpo-closed', certified, 90_000));
const measurements = [rpoMeasurement(certificate, stranded)];
const measured = chain(closed, noted('rpo-measured', { measurements }, 1_000));
const origin = { exportedAt: ago(0), exportedBy: B, topologyHash: 'f00', key: KEY };

export const RPO_EXAMPLES: Examples = {
  rpo: [
    example('signalbox rpo orders', {
      'GET /v1/groups/orders/audit/export': { body: exportChain(ORDERS, [closed, measured], origin) },
    }),
  ],
};
