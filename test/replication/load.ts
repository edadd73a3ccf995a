import type { Lab } from '../lab/lab.js';
import type { KafkaSite, LabSite } from '../lab/layout.js';
import { startChild, type RunningChild } from './child.js';
import type { Sent, Told } from './load-writers.js';
import { TRANSACTIONAL } from './topics.js';

/** The two producers of a load: each goes on by itself. */
export type Stream = 'plain' | 'transactions';
export const STREAMS: readonly Stream[] = ['plain', 'transactions'];

/** What all clients saw, as they told it the moment they did. */
export class LoadLedger {
  private readonly told: Readonly<Record<Told, Map<string, Sent>>> = {
    acked: new Map(),
    aborted: new Map(),
    failed: new Map(),
  };
  private readonly ackedAt: Readonly<Record<Stream, number[]>> = { plain: [], transactions: [] };

  /** `at`: when the client learned of it, by its own clock. */
  take(told: Told, records: readonly Sent[], at: number): void {
    for (const record of records) this.told[told].set(record.id, record);
    if (told === 'acked') this.ackedAt[records[0]?.topic === TRANSACTIONAL ? 'transactions' : 'plain'].push(at);
  }

  get acked(): readonly Sent[] {
    return [...this.told.acked.values()];
  }

  get ackedRecords(): number {
    return this.told.acked.size;
  }

  get abortedIds(): ReadonlySet<string> {
    return new Set(this.told.aborted.keys());
  }

  /** Whether both producers were acknowledged something later than that. */
  hasGoneOn(since: number): boolean {
    return STREAMS.every((stream) => (this.ackedAt[stream].at(-1) ?? 0) > since);
  }

  /** The longest time between two acknowledgements in a row, of those after `since`. */
  longestPauseMs(stream: Stream, since: number): number {
    const at = this.ackedAt[stream];
    return Math.max(0, ...at.map((moment, index) => (moment > since ? moment - (at[index - 1] ?? moment) : 0)));
  }
}

export interface LoadOptions {
  readonly name: string;
  readonly pauseMs: number;
  /** The sites it writes to, whichever takes it. */
  readonly to: readonly KafkaSite[];
}

/** Writers at a site, as part of it. */
export const startLoad = (
  lab: Lab,
  at: LabSite,
  { name, pauseMs, to }: LoadOptions,
  ledger: LoadLedger,
): RunningChild => {
  const addresses = to.map((site) => lab.site(site).kafka.clientAddress).join(',');
  const program = {
    name: `load-${name}`,
    module: './load-child.js',
    args: [addresses, name, String(pauseMs)],
  } as const;
  return startChild(lab, at, program, (told) => {
    const line = told as { readonly told: Told; readonly at: number; readonly records: readonly Sent[] };
    ledger.take(line.told, line.records, line.at);
  });
};
