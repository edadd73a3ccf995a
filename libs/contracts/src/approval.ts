import { epoch, type Approval } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { RunKindWire } from './run.js';
import { ApprovalIdWire, DurationWire, EpochWire, GroupIdWire, InstantWire, SiteIdWire } from './wire.js';

/** What the phases were called before several people could have to agree. */
const OLD_NAMES: Readonly<Record<string, string>> = { open: 'pending', approved: 'granted' };
const PHASES = ['pending', 'partly-granted', 'granted', 'denied', 'expired', 'superseded', 'cancelled'] as const;
const ApprovalPhaseWire = z
  .string()
  .transform((phase) => OLD_NAMES[phase] ?? phase)
  .pipe(z.enum(PHASES));

const CountedAnswerWire = z.object({
  by: z.string(),
  decision: z.enum(['grant', 'deny']),
  channel: z.string(),
  at: InstantWire,
  reason: z.string().optional(),
  tokenHash: z.string().optional(),
});

const AfterReviewWire = z.object({
  openedAt: InstantWire,
  by: z.string(),
  closedAt: InstantWire.optional(),
  closedBy: z.string().optional(),
  note: z.string().optional(),
});

/** Also reads what was written when one answer decided; that one needed no more than what stands in the defaults. */
export const ApprovalWire = z.object({
  id: ApprovalIdWire,
  group: GroupIdWire,
  kind: RunKindWire,
  target: SiteIdWire,
  requestedBy: z.string().optional(),
  phase: ApprovalPhaseWire,
  planHash: z.string().min(1),
  evidenceHash: z.string().default(''),
  epoch: EpochWire.default(epoch(0)),
  required: z.int().positive().default(1),
  approvers: z.array(z.string()).default([]),
  vetoes: z.array(z.object({ name: z.string(), message: z.string() })),
  atRiskMs: DurationWire.optional(),
  requestedAt: InstantWire,
  expiresAt: InstantWire,
  escalatesAt: z.array(InstantWire).default([]),
  answers: z.array(CountedAnswerWire).default([]),
  decidedBy: z.string().optional(),
  decidedAt: InstantWire.optional(),
  reason: z.string().optional(),
  review: AfterReviewWire.optional(),
});
const mirrors: Mirrors<z.infer<typeof ApprovalWire>, Approval> = true;
void mirrors;
