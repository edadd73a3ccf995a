import type { FlowId, FlowPositions, GroupPosition, Instant, PartitionPosition, PositionRest } from '#libs/domain';
import type { PositionSample } from '#libs/kafka';
import type { Speaker } from '../reporting.js';

/** So many stand one by one: the journal is no place for ten thousand of them every few seconds. */
const PARTITIONS_MAX = 200;
const GROUP_POSITIONS_MAX = 400;

/** What is kept of a sample outside the source's site, unsigned. Pure. */
export function positionRecord(
  flow: FlowId,
  sample: PositionSample,
  { site, process }: Speaker,
  writtenAt: Instant,
  groups?: readonly GroupPosition[],
): Omit<FlowPositions, 'keyId' | 'signature'> {
  const { partitions, ...ages } = sample;
  const byRisk = partitions.toSorted((a, b) => weightOf(b) - weightOf(a));
  const listed = byRisk.slice(0, PARTITIONS_MAX);
  const isListed = placesIn(listed);
  return {
    flow,
    site,
    process,
    writtenAt,
    ...ages,
    partitions: listed.toSorted(inOrder),
    ...(groups && { groups: groups.filter(isListed).slice(0, GROUP_POSITIONS_MAX) }),
    rest: restOf(byRisk.slice(PARTITIONS_MAX)),
  };
}

const placesIn = (partitions: readonly PartitionPosition[]) => {
  const places = new Set(partitions.map(({ topic, partition }) => `${topic}-${partition}`));
  return ({ topic, partition }: GroupPosition): boolean => places.has(`${topic}-${partition}`);
};

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
