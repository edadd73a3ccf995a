import type { z } from 'zod';
import { selects } from './selector.js';
import type { BudgetListWire } from './wire.js';
import type { Workload } from './workload.js';

/**
 * The PodDisruptionBudget that a restart would break: it allows no disruption, and is kept as things are. Pods that are
 * down already, as they are when their cluster is lost, are no reason to leave them so. Pure.
 */
export function budgetInTheWay(workload: Workload, { items }: z.infer<typeof BudgetListWire>): string | undefined {
  if (workload.isSurging || workload.wanted === 0) return undefined;
  const found = items.find(({ spec, status }) => {
    const isFull = status?.disruptionsAllowed === 0;
    const isKept = (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0);
    return isFull && isKept && selects(spec?.selector, workload.template.labels);
  });
  return found?.metadata.name;
}
