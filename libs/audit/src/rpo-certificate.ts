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
  /** Now, or when its fence was read back. */
  readonly at: Instant;
  readonly isOpen: boolean;
}

/** A producer may be twice as fast as it was ever seen. */
const SAFETY = 2;

/** What a failover may lose of a flow. Pure: the same positions and facts give the same certificate. */
export function rpoCertificate(positions: FlowPositions, { run, from, at, isOpen }: Certified): RpoCertificate {
  const sampleAgeMs = positions.sourceAgeMs + Math.max(0, at - positions.writtenAt);
  const partitions = positions.partitions.map((position) => atRisk(position, sampleAgeMs));
  const { recordsAtRisk, peakPerSecond } = positions.rest;
  const unobserved = sum(partitions.map(({ unobservedMaxRecords }) => unobservedMaxRecords));
  return {
    run,
    flow: positions.flow,
    from,
    certifiedAt: at,
    isOpen,
    sampleAgeMs,
    observedRange: {
      min: sum(partitions.map(({ observedRange }) => observedRange.min)),
      max: sum(partitions.map(({ observedRange }) => observedRange.max)) + recordsAtRisk,
    },
    unobservedMaxRecords: unobserved + unobservedMax(peakPerSecond, sampleAgeMs),
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

const unobservedMax = (peakPerSecond: number, ageMs: number): number =>
  Math.ceil((peakPerSecond * ageMs * SAFETY) / 1_000);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
