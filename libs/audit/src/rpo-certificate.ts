import type {
  Backlog,
  FlowPositions,
  GroupAtRisk,
  GroupPosition,
  Instant,
  PartitionAtRisk,
  PartitionPosition,
  RecordRange,
  RpoCertificate,
  RpoMeasurement,
  RunId,
  SiteId,
} from '#libs/domain';

export interface Certified {
  readonly run: RunId;
  /** The site that is lost. */
  readonly from: SiteId;
  readonly at: Instant;
  readonly isOpen: boolean;
  /** When the lost site took writes no more, by the clock of `at`; absent while it is open, or where `at` is that moment. */
  readonly fencedAt?: Instant;
}

/** A producer may be twice as fast as it was ever seen. */
const SAFETY = 2;

/** What a failover may lose of a flow. Pure: the same positions and facts give the same certificate. */
export function rpoCertificate(positions: FlowPositions, certified: Certified): RpoCertificate {
  const { run, from, at, isOpen, fencedAt } = certified;
  const sampleAgeMs = unseenMs(positions, certified);
  const partitions = positions.partitions.map((position) => atRisk(position, sampleAgeMs));
  const { recordsAtRisk, peakPerSecond } = positions.rest;
  const byPartition =
    sum(partitions.map(({ unobservedMaxRecords }) => unobservedMaxRecords)) + unobservedMax(peakPerSecond, sampleAgeMs);
  const together = unobservedMax(positions.peakPerSecond ?? Infinity, sampleAgeMs);
  return {
    run,
    flow: positions.flow,
    from,
    certifiedAt: at,
    isOpen,
    ...(fencedAt !== undefined && { fencedAt }),
    sampleAgeMs,
    observedRange: {
      min: sum(partitions.map(({ observedRange }) => observedRange.min)),
      max: sum(partitions.map(({ observedRange }) => observedRange.max)) + recordsAtRisk,
    },
    // Partitions are not at their fastest all at once.
    unobservedMaxRecords: Math.min(byPartition, together),
    atRiskMs: positions.lagMs + sampleAgeMs,
    partitions,
    ...(positions.groups && { groups: groupsAtRisk(positions, positions.groups) }),
    positions,
  };
}

/** What was found in the site that returned, beside what had been certified. Pure. */
export function rpoMeasurement(certificate: RpoCertificate, stranded: Backlog): RpoMeasurement {
  const { run, flow, observedRange, unobservedMaxRecords } = certificate;
  const found = Map.groupBy(stranded.ranges, ({ topic, partition }) => `${topic}-${partition}`);
  const beyond = certificate.partitions.flatMap((partition) => {
    const where = `${partition.topic}-${partition.partition}`;
    const records = sum((found.get(where) ?? []).map(({ from, to }) => to - from));
    const certifiedMax = partition.observedRange.max + partition.unobservedMaxRecords;
    return records > certifiedMax ? [{ where, certifiedMax, stranded: records }] : [];
  });
  const isWithin = stranded.records <= observedRange.max + unobservedMaxRecords;
  return {
    run,
    flow,
    certified: observedRange,
    unobservedMaxRecords,
    strandedRecords: stranded.records,
    verdict: isWithin ? 'within' : 'beyond',
    beyond,
  };
}

const atRisk = (position: PartitionPosition, sampleAgeMs: number): PartitionAtRisk => {
  const { topic, partition, sourceEnd, copiedAtLeast, copied, lagMs, peakPerSecond } = position;
  const observedRange: RecordRange = { min: sourceEnd - copied, max: sourceEnd - copiedAtLeast };
  return {
    topic,
    partition,
    sourceEnd,
    copiedAtLeast,
    copied,
    observedRange,
    unobservedMaxRecords: unobservedMax(peakPerSecond, sampleAgeMs),
    atRiskMs: lagMs + sampleAgeMs,
  };
};

function groupsAtRisk({ partitions }: FlowPositions, groups: readonly GroupPosition[]): readonly GroupAtRisk[] {
  const ends = new Map(partitions.map(({ topic, partition, sourceEnd }) => [`${topic}-${partition}`, sourceEnd]));
  const left = ({ topic, partition, upstream }: GroupPosition): number =>
    Math.max(0, (ends.get(`${topic}-${partition}`) ?? 0) - upstream);
  return [...Map.groupBy(groups, ({ group }) => group)].map(([group, own]) => ({
    group,
    rereadMaxRecords: sum(own.map(left)),
  }));
}

/**
 * From when the source last told its ends until it took writes no more, or until now. The clocks of two processes meet only
 * between the sample and now, where one that is behind counts for nothing; how long ago the fence was is told by one.
 */
function unseenMs({ sourceAgeMs, writtenAt }: FlowPositions, { at, fencedAt = at }: Certified): number {
  return Math.max(0, sourceAgeMs + Math.max(0, at - writtenAt) - Math.max(0, at - fencedAt));
}

const unobservedMax = (peakPerSecond: number, ageMs: number): number =>
  ageMs === 0 ? 0 : Math.ceil((peakPerSecond * ageMs * SAFETY) / 1_000);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
