import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  NEVER_STAMPED,
  type Backlog,
  type Epoch,
  type Json,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { backlogIn, backlogOf, beyondTheEnd } from './backlog.js';
import type { PositionsSource } from './positions-source.js';
import type { Extent, SourceLog } from './source-log.js';
import { partitionKey } from './topic-partition.js';

interface Sample {
  readonly extents: readonly Extent[];
  readonly positions: Positions;
}

/**
 * What a flow's source holds and its target does not, at most: Connect stores positions now and then, so more may have
 * been copied. Nothing to be set, and so nothing to be sealed.
 */
export class FlowBacklog extends FencedResource<Backlog | 'empty'> {
  /** Every write is refused. */
  override readonly fence = 'strong';

  constructor(
    private readonly source: SourceLog,
    private readonly stored: PositionsSource,
    private readonly clock: Clock,
    private readonly pollMs: number,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<Backlog>> {
    const { extents, positions } = await this.sample(signal);
    const value = backlogOf(extents, positions);
    return { value, epoch: NEVER_STAMPED, version: canonicalJson(value) };
  }

  override write(
    _seen: Stamped<Backlog | 'empty'>,
    _next: Backlog | 'empty',
    _epoch: Epoch,
    _signal: AbortSignal,
  ): Promise<WriteOutcome> {
    return Promise.resolve('refused');
  }

  /**
   * `empty` waits for a source that stands still with nothing left: one look could fall between two records of a producer.
   * @throws UnavailableError when the source or Connect cannot be asked.
   */
  override async verify(expected: Backlog | 'empty' | undefined, signal: AbortSignal): Promise<Verification> {
    if (expected !== undefined) return this.verifyEmpty(signal);
    const sample = await this.sample(signal);
    return verification(sample, await this.recordsIn(sample), true);
  }

  private async verifyEmpty(signal: AbortSignal): Promise<Verification> {
    let before: Sample | undefined;
    for (;;) {
      try {
        const now = await this.sample(signal);
        if (before && canonicalJson(now) === canonicalJson(before)) {
          const backlog = await this.recordsIn(now);
          if (isEmpty(now, backlog)) return verification(now, backlog, true);
        }
        before = now;
      } catch (error) {
        // The deadline ends the call that is under way; what was seen before it is the answer.
        if (!signal.aborted || !before) throw error;
      }
      if (signal.aborted) return verification(before, backlogOf(before.extents, before.positions), false);
      await this.clock.sleep(this.pollMs, signal);
    }
  }

  /** Positions first: what is copied in between is counted as left, and never the other way round. */
  private async sample(signal: AbortSignal): Promise<Sample> {
    const stored = await this.stored.read(signal);
    const extents = await this.source.extents();
    return { positions: ofExtents(stored, extents), extents };
  }

  private async recordsIn({ extents, positions }: Sample): Promise<Backlog> {
    const { ranges } = backlogOf(extents, positions);
    return backlogIn(await Promise.all(ranges.map((range) => this.source.records(range))));
  }
}

/** A mirror copies more than the flow is of: our own records go on, and would look as if the flow did not stand still. */
function ofExtents(stored: Positions, extents: readonly Extent[]): Positions {
  const own = new Set(extents.map(partitionKey));
  return Object.fromEntries(Object.entries(stored).filter(([key]) => own.has(key)));
}

const isEmpty = ({ extents, positions }: Sample, { records }: Backlog): boolean =>
  records === 0 && Object.keys(beyondTheEnd(extents, positions)).length === 0;

function verification({ extents, positions }: Sample, backlog: Backlog, holds: boolean): Verification {
  const beyond = beyondTheEnd(extents, positions);
  const ranges = backlog.ranges.map((range): Json => ({ ...range }));
  const observed = {
    records: backlog.records,
    ranges,
    ...(Object.keys(beyond).length > 0 && { beyondTheEnd: beyond }),
  };
  return { check: 'ends at the source, positions that Connect stored', observed, holds };
}
