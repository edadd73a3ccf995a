import type { AuditEntry } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { EpochWire, GroupIdWire, InstantWire, JsonWire } from './wire.js';

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256 in lower-case hex');

/** Strict, unlike the others: a field nobody knows would be covered by no hash we can recompute. */
export const AuditEntryWire = z.strictObject({
  group: GroupIdWire,
  sequence: z.int().positive(),
  at: InstantWire,
  actor: z.strictObject({ kind: z.enum(['person', 'process']), id: z.string().min(1) }),
  rule: z.string().min(1),
  before: z.string(),
  after: z.string(),
  epoch: EpochWire,
  evidence: JsonWire,
  evidenceHash: Hash,
  previous: Hash,
  hash: Hash,
});
const mirrors: Mirrors<z.infer<typeof AuditEntryWire>, AuditEntry> = true;
void mirrors;
