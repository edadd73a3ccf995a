/** What the time above the dwell goes to, in the order of a run. */
export const TERMS = ['detect', 'fence', 'mirror', 'promote', 'dns', 'client'] as const;
export type Term = (typeof TERMS)[number];
/** In milliseconds. */
export type Terms = Readonly<Record<Term, number>>;

/** One failover, by Signalbox or by the bare calls. */
export interface Sample {
  /** From the end of the dwell until a client is served at B: the sum of the terms. */
  readonly totalMs: number;
  readonly terms: Terms;
}

/** What was waited for, and the instant at which the wait was over. */
export type Wait = readonly [term: Term, until: number];

/**
 * Adds up one wait after the other. What ended earlier than the wait before it was done meanwhile and cost nothing; what
 * ended later than `servedAt`, such as the read-back of a step, held no client up.
 */
export const sampleOf = (startedAt: number, waits: readonly Wait[], servedAt: number): Sample => {
  const terms = { detect: 0, fence: 0, mirror: 0, promote: 0, dns: 0, client: 0 };
  let reached = startedAt;
  for (const [term, until] of [...waits, ['client', Infinity] as const]) {
    const waitedMs = Math.max(0, Math.min(until, servedAt) - reached);
    terms[term] += waitedMs;
    reached += waitedMs;
  }
  return { totalMs: reached - startedAt, terms };
};
