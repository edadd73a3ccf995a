import type { Log, Readiness } from '#libs/runtime';

/** Why something that came from Slack, or said so, was not taken. */
export type RefusalReason =
  | 'unsigned'
  | 'forged'
  | 'late'
  | 'replayed'
  | 'too-large'
  | 'wrong-type'
  | 'malformed'
  | 'wrong-path'
  | 'other-workspace'
  | 'unknown-person'
  | 'closed'
  | 'wrong-site-typed'
  | 'not-counted'
  | 'too-late-to-open';

/** Counts each refusal by its reason, for /readyz. What is refused is never shown: anybody can write it. */
export class Refusals {
  private readonly counts: Partial<Record<RefusalReason, number>> = {};

  constructor(
    private readonly readiness: Readiness,
    private readonly log: Log,
  ) {}

  count(reason: RefusalReason): void {
    this.counts[reason] = this.of(reason) + 1;
    this.readiness.show('slack refusals', this.counts);
    this.log.debug({ reason, times: this.counts[reason] }, 'Something from Slack was refused');
  }

  of(reason: RefusalReason): number {
    return this.counts[reason] ?? 0;
  }
}
