import { chain, exportChain, GENESIS } from '#libs/audit';
import { signingKey } from '#libs/contracts';
import { epoch } from '#libs/domain';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { ago, B, ORDERS } from './world.js';

const decided = (rule: string, before: string, after: string, agoMs: number) => ({
  group: ORDERS,
  at: ago(agoMs),
  actor: { kind: 'process', id: 'orchestrator@b' } as const,
  rule,
  before,
  after,
  epoch: epoch(4),
  evidence: null,
});

/** Nobody's: an export is signed the same way each time, so that it can be printed. */
const KEY = signingKey('b-1', Buffer.alloc(32, 1).toString('base64'));

const first = chain(GENESIS, decided('dwelling', 'steady', 'suspecting', 91_000));
const second = chain(first, decided('start-failover', 'suspecting', 'running', 1_000));
const kept = exportChain(ORDERS, [first, second], {
  exportedAt: ago(0),
  exportedBy: B,
  topologyHash: 'f00',
  key: KEY,
});

export const FILE_EXAMPLES: Examples = {
  'audit export': [example('signalbox audit export orders', { 'GET /v1/groups/orders/audit/export': { body: kept } })],
  'audit verify': [
    example('signalbox audit verify orders.ndjson', {}, { files: { 'orders.ndjson': kept } }),
    example(
      'signalbox audit verify orders.ndjson',
      {},
      { files: { 'orders.ndjson': kept.replace('start-failover', 'start-failoves') }, exitCode: EXIT.auditBroken },
    ),
  ],
  'config check': [example('signalbox config check docs/examples/two-sites-and-witness.yaml', {})],
};
