import type { FlowId, FlowPositions, Instant, PartitionPosition, PositionRest } from '#libs/domain';
import type { PositionSample } from '#libs/kafka';
import type { Speaker } from '../reporting.js';

/** So many stand one by one: the journal is no place for ten thousand of them every few seconds. */
const PARTITIONS_MAX = 200;

/** What is kept of a sample outside the source's site, unsigned. Pure. */
export function positionRecord(
  flow: FlowId,
  sample: PositionSample,
  { site, process }: Speaker,
  writtenAt: Instant,
): Omit<FlowPositions, 'keyId' | 'signature'> {
  const { partitions, ...ages } = sample;
  const byRisk = partitions.toSorted((a, b) => weightOf(b) - weightOf(a));
  return {
    flow,
    site,
    process,
    writtenAt,
    ...ages,
    partitions: byRisk.slice(0, PARTITIONS_MAX).toSorted(inOrder),
    rest: restOf(byRisk.slice(PARTITIONS_MAX)),
  };
}

const riskOf = ({ sourceEnd, copiedAtLeast }: PartitionPosition): number => sourceEnd - copiedAtLeast;

/** What is not copied counts first, and among what is, what moves fast: it is what a loss would be of. */
const weightOf = (position: PartitionPosition): number => riskOf(position) * 1_000 + position.peakPerSecond;

const inOrder = (a: PartitionPosition, b: PartitionPosition): number =>
  a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1;

const restOf = (partitions: readonly PartitionPosition[]): PositionRest => ({
  partitions: partitions.length,
  recordsAtRisk: partitions.reduce((sum, position) => sum + riskOf(position), 0),
  peakPerSecond: partitions.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0),
});
