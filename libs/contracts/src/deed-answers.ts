import { z } from 'zod';
import { ApprovalWire } from './approval.js';
import { AttestationWire, FreezeViewWire, OverrideWire } from './lifts.js';
import type { Mirrors } from './mirrors.js';
import type {
  ApprovalAnswer,
  AttestAnswer,
  OverrideAnswer,
  ReleaseAnswer,
  RequestAnswer,
  RescueAnswer,
  RunChangeAnswer,
  SurveyAnswer,
} from './operator-answers.js';
import { RequestKindWire } from './operator-requests.js';
import { PlanWire, RunWire } from './run.js';
import { VetoWire } from './veto.js';
import { ApprovalIdWire, CountWire, DurationWire, EpochWire, GroupIdWire, RunIdWire, SiteIdWire } from './wire.js';

/** What the API answers to who changes something. */
const next = z.array(z.string());

export const RequestAnswerWire = z.object({
  group: GroupIdWire,
  kind: RequestKindWire,
  target: SiteIdWire,
  run: RunIdWire.optional(),
  approval: ApprovalIdWire.optional(),
  plan: PlanWire,
  planHash: z.string(),
  vetoes: z.array(VetoWire),
  next,
});

export const RunChangeAnswerWire = z.object({
  group: GroupIdWire,
  run: RunIdWire,
  phase: RunWire.shape.phase,
  steps: z.array(z.string()),
  next,
});

export const OverrideAnswerWire = z.object({
  group: GroupIdWire,
  override: OverrideWire,
  overrides: z.array(OverrideWire),
  next,
});

export const AttestAnswerWire = z.object({
  group: GroupIdWire,
  attestation: AttestationWire,
  lifts: z.array(z.string()),
  next,
});

export const ReleaseAnswerWire = z.object({ group: GroupIdWire, site: SiteIdWire, next });
export const FreezeAnswerWire = FreezeViewWire;
export const UnfreezeAnswerWire = z.object({ frozen: z.literal(false) });

export const SurveyAnswerWire = z.object({
  group: GroupIdWire,
  survey: RunIdWire,
  readings: CountWire,
  withinMs: DurationWire,
  next,
});

export const RescueAnswerWire = z.object({
  group: GroupIdWire,
  run: RunIdWire,
  active: SiteIdWire,
  epoch: EpochWire,
  plan: PlanWire,
  planHash: z.string(),
  next,
});

export const ApprovalAnswerWire = ApprovalWire.extend({ outcome: z.enum(['counted', 'already-decided']), next });

const mirrors: [
  Mirrors<z.infer<typeof RequestAnswerWire>, RequestAnswer>,
  Mirrors<z.infer<typeof RunChangeAnswerWire>, RunChangeAnswer>,
  Mirrors<z.infer<typeof OverrideAnswerWire>, OverrideAnswer>,
  Mirrors<z.infer<typeof AttestAnswerWire>, AttestAnswer>,
  Mirrors<z.infer<typeof ReleaseAnswerWire>, ReleaseAnswer>,
  Mirrors<z.infer<typeof SurveyAnswerWire>, SurveyAnswer>,
  Mirrors<z.infer<typeof RescueAnswerWire>, RescueAnswer>,
  Mirrors<z.infer<typeof ApprovalAnswerWire>, ApprovalAnswer>,
] = [true, true, true, true, true, true, true, true];
void mirrors;
