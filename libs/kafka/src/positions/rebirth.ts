import type { PositionProblem } from '#libs/domain';
import type { SweptOffsets } from '../sweep/offset-sweep.js';

/** What is remembered of a cluster. */
export interface ClusterMemory {
  /** What Kafka calls the cluster (cluster.id). */
  readonly kafkaClusterId?: string;
  readonly ends: SweptOffsets;
}

/**
 * - `another-cluster`: it calls itself by another cluster id;
 * - `went-backwards`: a partition ends before where it ended;
 * - `emptied`: it had records and ends at 0, or is gone.
 */
export type RebirthSign =
  | { readonly kind: 'another-cluster'; readonly was: string; readonly is: string }
  | {
      readonly kind: 'went-backwards' | 'emptied';
      readonly topic: string;
      readonly partition: number;
      readonly was: number;
      readonly is: number;
    };

/**
 * Why a cluster is not the one that was known, in one list: its log was created anew, restored from before, or lost its
 * end. A log's end never falls otherwise. Partitions that nobody told anything of are no sign.
 */
export function signsOfRebirth(known: ClusterMemory, seen: ClusterMemory): readonly RebirthSign[] {
  const [was, is] = [known.kafkaClusterId, seen.kafkaClusterId];
  const another: readonly RebirthSign[] =
    was !== undefined && is !== undefined && was !== is ? [{ kind: 'another-cluster', was, is }] : [];
  return [...another, ...[...known.ends].flatMap(([topic, ends]) => fallenIn(topic, ends, seen.ends.get(topic)))];
}

/** A topic that is not told of may be one that we may no longer describe: no sign by itself. */
const fallenIn = (topic: string, known: Float64Array, seen: Float64Array | undefined): readonly RebirthSign[] =>
  seen === undefined
    ? []
    : [...known].flatMap((was, partition) => {
        const is = partition < seen.length ? (seen[partition] ?? Number.NaN) : 0;
        if (!(is < was)) return [];
        return [{ kind: is === 0 ? ('emptied' as const) : ('went-backwards' as const), topic, partition, was, is }];
      });

/** In words: `orders-3 ends at 10 and ended at 1200`. */
export const rebirthInWords = (sign: RebirthSign): string =>
  sign.kind === 'another-cluster'
    ? `it calls itself ${sign.is} and was ${sign.was}`
    : `${sign.topic}-${sign.partition} ends at ${sign.is} and ended at ${sign.was}`;

/** What a flow's positions say of the same: more was copied than the source has. */
export const beyondSourceEnd = (where: string, sourceEnd: number): PositionProblem => ({
  kind: 'beyond-source-end',
  where,
  message: `more was copied of ${where} than it holds, and it ends at ${sourceEnd}: it was created anew, or lost its end`,
});
