import type { Approval } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { RunKindWire } from './run.js';
import { ApprovalIdWire, GroupIdWire, InstantWire, SiteIdWire } from './wire.js';

export const ApprovalWire = z.object({
  id: ApprovalIdWire,
  group: GroupIdWire,
  kind: RunKindWire,
  target: SiteIdWire,
  requestedBy: z.string().optional(),
  phase: z.enum(['open', 'approved', 'denied', 'superseded', 'expired']),
  planHash: z.string().min(1),
  vetoes: z.array(z.object({ name: z.string(), message: z.string() })),
  requestedAt: InstantWire,
  expiresAt: InstantWire,
  decidedBy: z.string().optional(),
  decidedAt: InstantWire.optional(),
  reason: z.string().optional(),
});
const mirrors: Mirrors<z.infer<typeof ApprovalWire>, Approval> = true;
void mirrors;
