/** One check of one round. */
export interface ProbeResult {
  readonly probe: 'tcp' | 'metadata' | 'quorum' | 'produce' | 'consume' | 'partitions' | 'certificate';
  readonly ok: boolean;
  readonly latencyMs: number;
  readonly detail?: string;
}

export interface ProbeRound {
  readonly probes: readonly ProbeResult[];
  readonly canary: { readonly partitions: number; readonly failed: number };
  /** The cluster answered and did not let us in, or not write: our configuration, and no sign of an outage. */
  readonly refused?: string;
  readonly kafkaClusterId?: string;
}

/** Port: one round of checks of one cluster, as its clients would see it. */
export abstract class ProbeSet {
  /** Ends within the probe time-out, whatever the cluster does. Never rejects. */
  abstract round(): Promise<ProbeRound>;
}
