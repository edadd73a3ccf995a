import type { RiskView } from '#libs/contracts';
import type { Evidence, Settings } from '#libs/decision';
import type { SiteId } from '#libs/domain';

/**
 * What a failover from `active` to `target` would lose now; undefined when nobody knows. What was written since the sample
 * was taken is lost as well, so its age counts. Pure.
 */
export function riskOf(
  { flows, clusters }: Settings['shape'],
  active: SiteId,
  target: SiteId | undefined,
  lags: Evidence['lag'],
): RiskView | undefined {
  const flow = flows.find(({ from, to }) => from === active && to === target);
  const lag = lags[clusters[active] ?? ''];
  if (!flow || lag?.flow !== flow.id) return undefined;
  const { lagRecords: records, lagMs, sampleAgeMs } = lag;
  return { flow: lag.flow, records, ms: lagMs + sampleAgeMs, sampleAgeMs };
}
