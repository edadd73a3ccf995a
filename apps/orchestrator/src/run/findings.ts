import { z } from 'zod';
import { BacklogWire, decodeValue, PositionsWire, SalvagedPartitionWire, SalvageOrderWire } from '#libs/contracts';
import type { Findings } from '#libs/decision';
import type { Backlog, Json, Positions, Run, Salvaged, SalvagedPartition, SiteId, StepRecord } from '#libs/domain';

/** What a closed run leaves behind, out of what its inspections observed. Pure. */
export function findingsOf(run: Run, records: readonly StepRecord[]): Findings {
  const watermark = watermarkIn(inspectionsOf('mirror', records));
  const salvaged = salvagedIn(run, records);
  const stranded = inspectionsOf('backlog', records).map(backlogIn);
  return {
    outcome: run.phase === 'aborted' ? 'aborted' : 'completed',
    ...(watermark && { watermark }),
    ...(salvaged && { salvaged }),
    ...(run.plan.kind === 'rescue' && { unsealed: unsealedIn(records) }),
    ...(stranded.length > 0 && stranded.every((backlog) => backlog !== undefined) && { stranded: sumOf(stranded) }),
  };
}

const AccountsWire = z.object({ partitions: z.array(SalvagedPartitionWire) });

/** The sums over all flows; undefined when one of them is not done, since nothing is decided about its records then. */
function salvagedIn({ id, plan }: Run, records: readonly StepRecord[]): Salvaged | undefined {
  const steps = records.filter(({ action, resource }) => action === 'apply' && resource.kind === 'salvage');
  const [order] = steps.map(({ desired }) => SalvageOrderWire.safeParse(desired).data);
  if (plan.kind !== 'salvage' || !order || steps.some(({ status }) => status !== 'done')) return undefined;
  const accounts = steps.flatMap(
    ({ verifiedBy }) => AccountsWire.safeParse(verifiedBy?.observed).data?.partitions ?? [],
  );
  const sum = (of: (one: SalvagedPartition) => number) => accounts.reduce((all, one) => all + of(one), 0);
  return {
    as: order.as,
    run: id,
    records: sum(({ copied, superseded, left }) => copied + superseded + left),
    copied: sum(({ copied }) => copied),
    superseded: sum(({ superseded }) => superseded),
  };
}

/** Where the write access does not carry the run's epoch: what was prepared before is not refused there. */
const unsealedIn = (records: readonly StepRecord[]): SiteId[] =>
  records
    .filter(
      ({ action, resource, status }) => action === 'seal' && resource.kind === 'write-access' && status !== 'done',
    )
    .map(({ runsAt }) => runsAt);

const inspectionsOf = (kind: StepRecord['resource']['kind'], records: readonly StepRecord[]): StepRecord[] =>
  records.filter(({ action, resource }) => action === 'inspect' && resource.kind === kind);

/** Where the targets of all flows ended; undefined when one is unknown, since half a watermark copies the rest twice. */
function watermarkIn(inspections: readonly StepRecord[]): Positions | undefined {
  const all = inspections.map(({ status, verifiedBy }) => {
    const { targetEnds } = (verifiedBy?.observed ?? {}) as { readonly targetEnds?: Json };
    const decoded = decodeValue(PositionsWire, targetEnds, 'targetEnds');
    return status === 'done' && decoded.ok ? decoded.value : undefined;
  });
  return all.length > 0 && all.every((ends) => ends !== undefined) ? Object.assign({}, ...all) : undefined;
}

function backlogIn({ status, verifiedBy }: StepRecord): Backlog | undefined {
  const decoded = decodeValue(BacklogWire, verifiedBy?.observed, 'the backlog');
  return status === 'done' && decoded.ok ? decoded.value : undefined;
}

const sumOf = (backlogs: readonly Backlog[]): Backlog => ({
  records: backlogs.reduce((sum, { records }) => sum + records, 0),
  ranges: backlogs.flatMap(({ ranges }) => ranges),
});
