/** A name may come twice, and stands for nothing but bytes either. */
export type WholeHeader = readonly [name: Buffer, value: Buffer | null];

/** A record with everything that makes it this one: what a copy of it has to hold. */
export interface WholeRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order. */
  readonly headers: readonly WholeHeader[];
  /** As the producer or the broker set it, in ms since 1970. */
  readonly timestamp: number;
}

export interface StoredWholeRecord extends WholeRecord {
  readonly offset: number;
}

/** The value of the last header of this name; undefined when there is none. */
export const headerOf = ({ headers }: Pick<WholeRecord, 'headers'>, name: string): string | undefined =>
  headers.findLast(([own]) => own.toString() === name)?.[1]?.toString();
