/**
 * Offsets by `topic-partition`. As a watermark or an end: one past the last record. As the position of a flow: one past
 * the last record that was copied, so that equal numbers mean that nothing is left to copy.
 */
export type Positions = Readonly<Record<string, number>>;

/** Records of one partition that were acknowledged by a site and never left it: from `from` up to, not including, `to`. */
export interface StrandedRange {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** What a flow's source holds and its target does not. */
export interface Backlog {
  readonly records: number;
  readonly ranges: readonly StrandedRange[];
}
