import type { Step, StepRecord } from '#libs/domain';
import { z } from 'zod';
import type { Mirrors } from './mirrors.js';
import { CountWire, EpochWire, InstantWire, JsonWire, ProcessIdWire, RunIdWire, SiteIdWire } from './wire.js';

export const ResourceRefWire = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('write-access'), group: z.string(), site: z.string() }),
  z.object({ kind: z.literal('mirror'), flow: z.string() }),
  z.object({ kind: z.literal('positions'), flow: z.string() }),
  z.object({ kind: z.literal('backlog'), flow: z.string() }),
  z.object({ kind: z.literal('salvage'), flow: z.string() }),
  z.object({ kind: z.literal('group-offsets'), flow: z.string() }),
  z.object({ kind: z.literal('name'), name: z.string() }),
  z.object({ kind: z.literal('resolution'), name: z.string() }),
  z.object({ kind: z.literal('config'), config: z.string(), site: z.string() }),
]);

export const StepWire = z.object({
  name: z.string().min(1),
  stage: CountWire,
  neededBy: CountWire.optional(),
  action: z.enum(['seal', 'apply', 'inspect', 'read']),
  resource: ResourceRefWire,
  desired: JsonWire.optional(),
  runsAt: SiteIdWire,
  worker: z.enum(['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher']),
  deadlineMs: z.number().nonnegative(),
  pointOfNoReturn: z.boolean().optional(),
  mayFail: z.boolean().optional(),
  waitOut: SiteIdWire.optional(),
  fences: SiteIdWire.optional(),
  undo: JsonWire.optional(),
  handler: CountWire.optional(),
});

export const StepRecordWire = StepWire.extend({
  run: RunIdWire,
  epoch: EpochWire,
  status: z.enum(['planned', 'open', 'taken', 'done', 'refused', 'failed', 'unknown', 'unreachable', 'skipped']),
  attempt: CountWire,
  takenBy: ProcessIdWire.optional(),
  startedAt: InstantWire.optional(),
  finishedAt: InstantWire.optional(),
  verifiedBy: z.object({ check: z.string(), observed: JsonWire }).optional(),
  traceparent: z.string().optional(),
  problem: z.string().optional(),
  exception: z.string().optional(),
});

const mirrors: [Mirrors<z.infer<typeof StepWire>, Step>, Mirrors<z.infer<typeof StepRecordWire>, StepRecord>] = [
  true,
  true,
];
void mirrors;
