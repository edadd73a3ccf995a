import {
  approvalId,
  clusterId,
  epoch,
  flowId,
  groupId,
  instant,
  processId,
  runId,
  siteId,
  type Json,
} from '#libs/domain';
import { z } from 'zod';

const text = z.string().min(1);
const whole = z.int().nonnegative();

/** The domain's ids and numbers as they stand in JSON. */
export const SiteIdWire = text.transform(siteId);
export const ClusterIdWire = text.transform(clusterId);
export const FlowIdWire = text.transform(flowId);
export const GroupIdWire = text.transform(groupId);
export const RunIdWire = text.transform(runId);
export const ApprovalIdWire = text.transform(approvalId);
export const ProcessIdWire = text.transform(processId);
export const EpochWire = whole.transform(epoch);
export const InstantWire = z.int().transform(instant);
export const CountWire = whole;
export const DurationWire = z.number().nonnegative();
export const HashWire = z.string().regex(/^[0-9a-f]{64}$/, 'no SHA-256 in lower-case hex');
export const JsonWire = z.json() as unknown as z.ZodType<Json>;
