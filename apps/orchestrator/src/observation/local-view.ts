import type { Observation } from '#libs/contracts';
import type { Vote } from '#libs/domain';
import type { Clock } from '#libs/runtime';

interface Seen {
  readonly vote: Vote;
  readonly atMs: number;
}

/**
 * What the observations on Kafka say, for a process that cannot reach the journal. It is shown, marked unrecorded, and
 * never acted on: only votes in the journal decide.
 */
export class LocalView {
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly clock: Clock,
    private readonly freshForMs: number,
  ) {}

  observe(observation: Observation): void {
    const { vantage, process, cluster, probes, configHash, score, ...opinion } = observation;
    const key = `${process}/${cluster}`;
    const before = this.seen.get(key)?.vote;
    // Overtaken on its way through another cluster: what is known is newer.
    if (before && before.incarnation === opinion.incarnation && before.sequence >= opinion.sequence) return;
    const vote: Vote = { ...opinion, site: vantage, process, cluster, keyId: '', signature: '' };
    this.seen.set(key, { vote, atMs: this.clock.monotonicMs() });
    // A process that was replaced by one of another name is never heard of again.
    const oldestMs = this.oldestMs();
    for (const [key, { atMs }] of this.seen) if (atMs < oldestMs) this.seen.delete(key);
  }

  /** What would be votes, if the journal had them: only what is still fresh. */
  votes(): readonly Vote[] {
    const oldestMs = this.oldestMs();
    return [...this.seen.values()].filter(({ atMs }) => atMs >= oldestMs).map(({ vote }) => vote);
  }

  private oldestMs(): number {
    return this.clock.monotonicMs() - this.freshForMs;
  }
}
