import type { z } from 'zod';
import * as deeds from './deed-answers.js';
import * as looks from './look-answers.js';
import { NotificationTestAnswerWire } from './notification-test.js';
import { ProblemDetailsWire } from './problem-details.js';

/** Every body that the API answers with, by the name that its OpenAPI document has for it. */
export const ANSWERS = {
  Problem: ProblemDetailsWire,
  Status: looks.StatusAnswerWire,
  Explanation: looks.ExplainAnswerWire,
  Preflight: looks.PreflightAnswerWire,
  Forecast: looks.ForecastAnswerWire,
  DryRun: looks.PlanAnswerWire,
  PlanExport: looks.PlanExportWire,
  Audit: looks.AuditAnswerWire,
  Run: looks.RunAnswerWire,
  Runs: looks.RunsAnswerWire,
  Approvals: looks.ApprovalsAnswerWire,
  RescueFindings: looks.RescueFindingsWire,
  Request: deeds.RequestAnswerWire,
  RunChange: deeds.RunChangeAnswerWire,
  Override: deeds.OverrideAnswerWire,
  Attestation: deeds.AttestAnswerWire,
  Release: deeds.ReleaseAnswerWire,
  Freeze: deeds.FreezeAnswerWire,
  Unfreeze: deeds.UnfreezeAnswerWire,
  Survey: deeds.SurveyAnswerWire,
  Rescue: deeds.RescueAnswerWire,
  Approval: deeds.ApprovalAnswerWire,
  NotificationTest: NotificationTestAnswerWire,
} as const satisfies Readonly<Record<string, z.ZodType>>;

export type AnswerName = keyof typeof ANSWERS;
