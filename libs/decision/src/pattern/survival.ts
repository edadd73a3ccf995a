import type { SiteId } from '#libs/domain';

/** Where a part of a stretched cluster stands: what fails together. */
export interface Place {
  readonly site: SiteId;
  /** As `broker.rack` has it. */
  readonly rack: string;
  readonly controllers: number;
  readonly brokers: number;
}

export interface Replication {
  readonly factor: number;
  /** `min.insync.replicas`: with fewer, a write with acks=all is refused. */
  readonly minInsync: number;
}

/** What is left of a stretched cluster. */
export interface Survival {
  readonly controllersLeft: number;
  readonly controllers: number;
  /** More than half of the controllers: without, nobody elects a leader, and metadata stays as it was. */
  readonly hasMajority: boolean;
  /** Of the partition that is hit worst. */
  readonly replicasLeft: number;
  readonly takesAcksAll: boolean;
}

/**
 * What a loss leaves, counted from what is declared. Replicas are taken to be spread over the racks as evenly as can be,
 * which is what Kafka does where racks are alike; that a write with acks=all really succeeds is for a probe to prove. Pure.
 */
export function survivalOf(
  places: readonly Place[],
  { factor, minInsync }: Replication,
  isLost: (place: Place) => boolean,
): Survival {
  const sum = (some: readonly Place[], of: (place: Place) => number) =>
    some.reduce((total, place) => total + of(place), 0);
  const left = places.filter((place) => !isLost(place));
  const controllers = sum(places, (place) => place.controllers);
  const controllersLeft = sum(left, (place) => place.controllers);
  const racks = places.filter(({ brokers }) => brokers > 0);
  const lostRacks = racks.filter(isLost).length;
  const [each, more] = [Math.floor(factor / racks.length), factor % racks.length];
  const replicasLost = lostRacks * each + Math.min(lostRacks, more);
  const replicasLeft = Math.max(0, factor - replicasLost);
  return {
    controllers,
    controllersLeft,
    hasMajority: controllersLeft * 2 > controllers,
    replicasLeft,
    takesAcksAll: replicasLeft >= minInsync,
  };
}
