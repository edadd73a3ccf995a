import { chain, exportChain, exportSiteChain, GENESIS, lineOf } from '#libs/audit';
import { signCheckpoint, signingKey, witnessed } from '#libs/contracts';
import { epoch } from '#libs/domain';
import { EXIT } from '../exit-code.js';
import { example, type Examples } from './example.js';
import { ago, B, ORDERS, W } from './world.js';

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
const origin = { exportedAt: ago(0), exportedBy: B, topologyHash: 'f00', key: KEY };
const kept = exportChain(ORDERS, [first, second], origin);
/** Without its last entry, and signed all the same: by somebody who has the key. */
const cut = exportChain(ORDERS, [first], origin);
const heads = { 'groups/orders': { sequence: second.sequence, hash: second.hash } };
const byB = signCheckpoint({ site: B, sequence: 41, at: ago(500), revision: 9_120, heads, seen: {} }, KEY);
const checkpoint = lineOf(witnessed(byB, W, signingKey('w-1', Buffer.alloc(32, 2).toString('base64'))));

const refused = chain(GENESIS, {
  site: B,
  at: ago(30_000),
  actor: { kind: 'person', id: 'bob' },
  rule: 'request-refused' as const,
  evidence: { code: 'SB_FORBIDDEN', status: 403, path: '/v1/groups/orders/freeze', times: 1 },
});

export const FILE_EXAMPLES: Examples = {
  'audit export': [
    example('signalbox audit export orders', { 'GET /v1/groups/orders/audit/export': { body: kept } }),
    example('signalbox audit export --site b', {
      'GET /v1/audit/sites/b/export': { body: exportSiteChain(B, [refused], origin) },
    }),
  ],
  'audit checkpoints': [example('signalbox audit checkpoints', { 'GET /v1/audit/checkpoints': { body: checkpoint } })],
  'audit verify': [
    example('signalbox audit verify orders.ndjson', {}, { files: { 'orders.ndjson': kept } }),
    example(
      'signalbox audit verify orders.ndjson',
      {},
      { files: { 'orders.ndjson': kept.replace('start-failover', 'start-failoves') }, exitCode: EXIT.auditBroken },
    ),
    example(
      'signalbox audit verify orders.ndjson checkpoints.ndjson',
      {},
      { files: { 'orders.ndjson': cut, 'checkpoints.ndjson': checkpoint }, exitCode: EXIT.auditBroken },
    ),
  ],
  'verify-data': [
    example(
      'signalbox verify-data payments --config docs/examples/two-sites-and-witness.yaml',
      {},
      { exitCode: EXIT.usage },
    ),
  ],
  completion: [example('signalbox completion bash', {})],
  'config check': [example('signalbox config check docs/examples/two-sites-and-witness.yaml', {})],
};
