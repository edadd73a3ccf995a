import type { EventIdentity } from './event-bus.js';

/** Copies of one event arrive within moments of each other; anything further back is late or a replay. */
const WINDOW = 256;
const RETIRED_MAX = 32;

interface Source {
  incarnation: string;
  highest: number;
  readonly seen: Set<number>;
  readonly retired: string[];
}

/**
 * Tells the first copy of an event from the others. A source's earlier incarnations are over once a later one was seen:
 * what still comes from them is a replay. Feed it verified events only, or a forger decides what counts as seen.
 */
export class FirstSeen {
  private readonly sources = new Map<string, Source>();

  isFirst({ source, incarnation, sequence }: EventIdentity): boolean {
    const known = this.sources.get(source);
    if (known?.retired.includes(incarnation)) return false;
    const current = known?.incarnation === incarnation ? known : this.begin(source, incarnation, known);
    if (sequence <= current.highest - WINDOW || current.seen.has(sequence)) return false;
    current.seen.add(sequence);
    current.highest = Math.max(current.highest, sequence);
    if (current.seen.size > 2 * WINDOW) this.forgetBefore(current, current.highest - WINDOW);
    return true;
  }

  private begin(source: string, incarnation: string, before: Source | undefined): Source {
    const retired = before ? [before.incarnation, ...before.retired].slice(0, RETIRED_MAX) : [];
    const begun: Source = { incarnation, highest: 0, seen: new Set(), retired };
    this.sources.set(source, begun);
    return begun;
  }

  private forgetBefore(source: Source, limit: number): void {
    for (const sequence of source.seen) if (sequence <= limit) source.seen.delete(sequence);
  }
}
