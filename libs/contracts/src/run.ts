import type { Plan, Run } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { StepWire } from './step.js';
import { ApprovalIdWire, CountWire, EpochWire, GroupIdWire, InstantWire, RunIdWire, SiteIdWire } from './wire.js';

export const RunKindWire = z.enum([
  'failover',
  'switchover',
  'failback',
  'quarantine',
  'reprotect',
  'salvage',
  'survey',
  'rescue',
]);

export const PlanWire = z.object({
  kind: RunKindWire,
  group: GroupIdWire,
  from: SiteIdWire,
  to: SiteIdWire,
  steps: z.array(StepWire),
  version: CountWire.optional(),
});

export const RunWire = z.object({
  id: RunIdWire,
  plan: PlanWire,
  planHash: z.string().min(1),
  evidenceHash: z.string().min(1),
  epoch: EpochWire,
  phase: z.enum([
    'sealing',
    'stepping',
    'compensating',
    'needs-human',
    'completed',
    'completed-with-exceptions',
    'aborted',
  ]),
  stage: CountWire,
  startedAt: InstantWire,
  finishedAt: InstantWire.optional(),
  approval: ApprovalIdWire.optional(),
  requestedBy: z.string().optional(),
  compensation: z.object({ by: z.string(), reason: z.string(), steps: z.array(StepWire) }).optional(),
  exceptions: z.array(z.object({ step: z.string(), reason: z.string() })),
  traceparent: z.string().optional(),
  problem: z.string().optional(),
});

const mirrors: [Mirrors<z.infer<typeof PlanWire>, Plan>, Mirrors<z.infer<typeof RunWire>, Run>] = [true, true];
void mirrors;
