import type { DurationView, ForecastAnswer, PreflightAnswer, VetoView } from '#libs/contracts';
import type { Evidence } from '#libs/decision';
import { isTerminal, type Instant, type Run, type SiteId } from '#libs/domain';
import type { KnownGroup } from '../group/group-directory.js';
import { riskOf } from '../group/risk.js';
import { commands } from '../operation/commands.js';

/** What a forecast is made from: one look at the group, and the runs that the journal still holds. */
export interface Outset {
  readonly group: KnownGroup;
  readonly at: Instant;
  readonly active: SiteId;
  /** Where a failover would go, and what is in its way. */
  readonly target: SiteId | undefined;
  readonly vetoes: readonly VetoView[];
  readonly evidence: Evidence;
  readonly checks: PreflightAnswer['checks'];
  readonly runs: readonly Run[];
}

/** If we failed over now: the loss, the time, and everything in the way, before anybody has to ask. Pure. */
export function forecast(outset: Outset): ForecastAnswer {
  const { group, at, active, target, vetoes, evidence, checks } = outset;
  const atRisk = riskOf(group.settings.shape, active, target, evidence.lag);
  const takes = durationsOf(outset);
  return {
    group: group.id,
    at,
    from: active,
    ...(target !== undefined && { to: target }),
    start: startOf(target, vetoes),
    ...(atRisk && { atRisk }),
    ...(takes && { takes }),
    vetoes,
    // That something is in the way of a plan is what the vetoes say.
    warnings: checks.filter(({ ok, name }) => !ok && !name.startsWith('plan-')),
    next: [commands.plan(group.id), commands.preflight(group.id)],
  };
}

function startOf(target: SiteId | undefined, vetoes: readonly VetoView[]): ForecastAnswer['start'] {
  if (target === undefined || vetoes.some(({ overridable }) => !overridable)) return 'not-now';
  return vetoes.length === 0 ? 'at-once' : 'after-approval';
}

/** Of failovers that ended well: those that were taken back say nothing of how long one takes. */
function durationsOf({ group, runs }: Outset): DurationView | undefined {
  const durationsMs = runs
    .filter(({ plan }) => plan.group === group.id && plan.kind === 'failover')
    .flatMap(({ phase, startedAt, finishedAt }) =>
      isTerminal(phase) && phase !== 'aborted' && finishedAt !== undefined ? [finishedAt - startedAt] : [],
    )
    .toSorted((a, b) => a - b);
  const quantile = (share: number) => durationsMs[Math.ceil(share * durationsMs.length) - 1] ?? 0;
  if (durationsMs.length === 0) return undefined;
  return { runs: durationsMs.length, medianMs: quantile(0.5), p95Ms: quantile(0.95), slowestMs: quantile(1) };
}
