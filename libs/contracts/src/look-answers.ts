import { z } from 'zod';
import { AuditEntryWire } from './audit-entry.js';
import { ApprovalWire } from './approval.js';
import { GuardRecordWire } from './guard-record.js';
import { AttestationWire, FreezeViewWire, OverrideWire } from './lifts.js';
import type { Mirrors } from './mirrors.js';
import { NameReportWire } from './name-report.js';
import type { ForecastAnswer, PlanExportAnswer, PreflightAnswer, RescueFindings } from './operator-answers.js';
import type { ExplainAnswer, PlanAnswer, RunAnswer, StatusAnswer } from './operator-api.js';
import { ReturningSiteWire } from './returning-site.js';
import { PlanWire, RunKindWire, RunWire } from './run.js';
import { ResourceRefWire, StepRecordWire } from './step.js';
import { VerdictWire } from './verdict.js';
import { VetoWire } from './veto.js';
import { OpinionWire } from './vote.js';
import {
  ApprovalIdWire,
  CountWire,
  DurationWire,
  EpochWire,
  FlowIdWire,
  GroupIdWire,
  InstantWire,
  JsonWire,
  ProcessIdWire,
  RunIdWire,
  SiteIdWire,
} from './wire.js';

/** What the API answers to who only looks. */
const Next = z.array(z.string());

const GroupStatusWire = z.object({
  group: GroupIdWire,
  mode: z.enum(['observe', 'approve', 'automatic']),
  fenceMode: z.enum(['strict', 'guarded', 'advisory']),
  phase: z.string(),
  active: SiteIdWire,
  epoch: EpochWire,
  leader: ProcessIdWire.nullish(),
  warnings: z.array(z.string()).optional(),
  names: z.array(NameReportWire.omit({ group: true, news: true })).optional(),
  onHold: z.string().optional(),
  frozen: FreezeViewWire.optional(),
  run: RunIdWire.optional(),
  approval: ApprovalIdWire.optional(),
  reviewsDue: z.array(ApprovalIdWire).optional(),
  kind: RunKindWire.optional(),
  quarantined: z.array(SiteIdWire),
  returning: z.record(z.string(), ReturningSiteWire),
  protectedAfterMs: DurationWire.optional(),
  overrides: z.array(OverrideWire).optional(),
  attestations: z.array(AttestationWire).optional(),
});

const QueueWire = z.object({
  worker: z.enum(['site-guard', 'mirror-switcher', 'dns-switcher', 'config-switcher']),
  depth: CountWire.nullable(),
  oldestMs: DurationWire.nullable(),
  rung: CountWire,
  missed: CountWire,
});

export const StatusAnswerWire = z.object({
  site: SiteIdWire,
  process: ProcessIdWire,
  journal: z.object({ reachable: z.boolean(), missing: z.array(z.string()) }),
  topologyHash: z.string(),
  clusters: z.array(z.object({ verdict: VerdictWire, recorded: z.boolean() })),
  groups: z.array(GroupStatusWire),
  guards: z.array(z.object({ record: GuardRecordWire, leaseHeld: z.boolean() })),
  queues: z.array(QueueWire).optional(),
  missing: z.array(z.string()),
});

const VoteViewWire = z.object({
  site: SiteIdWire,
  process: ProcessIdWire,
  opinion: OpinionWire,
  reason: z.string(),
  failedForMs: DurationWire,
  healthyForMs: DurationWire,
  ageMs: DurationWire.optional(),
});

const TimelineRowWire = z.object({
  from: InstantWire,
  until: InstantWire.optional(),
  phase: z.string(),
  rules: z.array(z.string()),
  times: CountWire,
  by: z.string(),
  byPerson: z.boolean(),
  epoch: EpochWire,
  vetoes: z.array(z.string()),
  follows: z.array(z.string()),
});

export const ExplainAnswerWire = z.object({
  group: GroupIdWire,
  phase: z.string(),
  verdict: VerdictWire,
  recorded: z.boolean(),
  rule: z.string(),
  vetoes: z.array(VetoWire),
  toChange: z.array(z.string()),
  next: Next.optional(),
  overrides: z.array(OverrideWire).optional(),
  attestations: z.array(AttestationWire).optional(),
  votes: z.array(VoteViewWire).optional(),
  timeline: z.array(TimelineRowWire).optional(),
  decisions: z.array(AuditEntryWire),
});

const CheckWire = z.object({ name: z.string(), ok: z.boolean(), message: z.string(), remedy: z.string() });
export const PreflightAnswerWire = z.object({ group: GroupIdWire, ok: z.boolean(), checks: z.array(CheckWire) });

export const ForecastAnswerWire = z.object({
  group: GroupIdWire,
  at: InstantWire,
  from: SiteIdWire,
  to: SiteIdWire.optional(),
  start: z.enum(['at-once', 'after-approval', 'not-now']),
  atRisk: z.object({ flow: FlowIdWire, records: CountWire, ms: DurationWire, sampleAgeMs: DurationWire }).optional(),
  takes: z.object({ runs: CountWire, medianMs: DurationWire, p95Ms: DurationWire, slowestMs: DurationWire }).optional(),
  vetoes: z.array(VetoWire),
  warnings: z.array(CheckWire),
  next: Next,
});

export const PlanAnswerWire = z.object({ plan: PlanWire, planHash: z.string(), vetoes: z.array(VetoWire) });

export const PlanExportWire = z.object({
  format: z.literal('signalbox.plan-export.v1'),
  group: GroupIdWire,
  plan: PlanWire,
  planHash: z.string(),
  madeAt: InstantWire,
  madeBy: SiteIdWire,
  epoch: EpochWire,
  instructions: z.array(z.string()),
  keyId: z.string(),
  signature: z.string(),
});

export const RunAnswerWire = z.object({ run: RunWire, steps: z.array(StepRecordWire) });
export const RunsAnswerWire = z.array(RunWire);
export const ApprovalsAnswerWire = z.array(ApprovalWire);
export const AuditAnswerWire = z.array(AuditEntryWire);

const ReadingWire = z.object({
  resource: ResourceRefWire,
  runsAt: SiteIdWire,
  epoch: EpochWire.optional(),
  value: JsonWire.optional(),
  problem: z.string().optional(),
});

export const RescueFindingsWire = z.object({
  group: GroupIdWire,
  survey: RunIdWire,
  active: SiteIdWire,
  pending: z.array(z.string()),
  readings: z.array(ReadingWire),
  epoch: EpochWire,
  highest: EpochWire,
  nextEpoch: EpochWire,
  disagreements: z.array(z.string()),
  unread: z.array(SiteIdWire),
  standing: z.array(SiteIdWire),
  hash: z.string(),
  next: Next,
});

const mirrors: [
  Mirrors<z.infer<typeof StatusAnswerWire>, StatusAnswer>,
  Mirrors<z.infer<typeof ExplainAnswerWire>, ExplainAnswer>,
  Mirrors<z.infer<typeof PreflightAnswerWire>, PreflightAnswer>,
  Mirrors<z.infer<typeof ForecastAnswerWire>, ForecastAnswer>,
  Mirrors<z.infer<typeof PlanAnswerWire>, PlanAnswer>,
  Mirrors<z.infer<typeof PlanExportWire>, PlanExportAnswer>,
  Mirrors<z.infer<typeof RunAnswerWire>, RunAnswer>,
  Mirrors<z.infer<typeof RescueFindingsWire>, RescueFindings>,
] = [true, true, true, true, true, true, true, true];
void mirrors;
