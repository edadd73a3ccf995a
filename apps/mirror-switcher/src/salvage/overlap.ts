/**
 * Finds how much of a tail the target already has. A mirror writes, and says so later: what it copied last before its site
 * was lost lies at the target and is counted as stranded. The last records of the copy are looked for in the tail, as a
 * sequence: one record alone may have been written twice.
 *
 * What is found first counts. Where equal sequences come again, a record is rather copied twice than lost.
 */
export class Overlap {
  private readonly before: string[] = [];
  private found: number | undefined;

  /** `last`: fingerprints of the last records of the copy, in their order; empty where nothing was ever copied. */
  constructor(private readonly last: readonly string[]) {}

  /** One past the last record of the tail that is in the copy; undefined when none was seen to be. */
  get copiedUpTo(): number | undefined {
    return this.found;
  }

  /** The records of the source in their order, those just before the tail among them. */
  see(fingerprint: string, offset: number): void {
    this.before.push(fingerprint);
    if (this.before.length > this.last.length) this.before.shift();
    if (this.found === undefined && fingerprint === this.last.at(-1) && this.isSequence()) this.found = offset + 1;
  }

  /** Where the source begins later than the copy does, there is less to compare. */
  private isSequence(): boolean {
    const compared = this.last.slice(this.last.length - this.before.length);
    return compared.every((fingerprint, index) => fingerprint === this.before[index]);
  }
}
