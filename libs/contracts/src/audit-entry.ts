import type { AuditEntry, SiteAuditEntry } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { EpochWire, GroupIdWire, HashWire, InstantWire, JsonWire, SiteIdWire } from './wire.js';

const ActorWire = z.strictObject({ kind: z.enum(['person', 'process']), id: z.string().min(1) });
const link = {
  sequence: z.int().positive(),
  evidence: JsonWire,
  evidenceHash: HashWire,
  previous: HashWire,
  hash: HashWire,
};

/** Strict, unlike the others: a field nobody knows would be covered by no hash we can recompute. */
export const AuditEntryWire = z.strictObject({
  group: GroupIdWire,
  at: InstantWire,
  actor: ActorWire,
  rule: z.string().min(1),
  before: z.string(),
  after: z.string(),
  epoch: EpochWire,
  ...link,
});
const mirrors: Mirrors<z.infer<typeof AuditEntryWire>, AuditEntry> = true;
void mirrors;

/** Strict as well. */
export const SiteAuditEntryWire = z.strictObject({
  site: SiteIdWire,
  at: InstantWire,
  actor: ActorWire.optional(),
  rule: z.enum([
    'login',
    'request-refused',
    'approval-answered',
    'observation-forged',
    'notification-test',
    'entries-lost',
    'checkpoint-refused',
  ]),
  ...link,
});
const siteMirrors: Mirrors<z.infer<typeof SiteAuditEntryWire>, SiteAuditEntry> = true;
void siteMirrors;
