import type { Applied, Authorities, ChangeId } from './name-provider.js';
import { NameProvider } from './name-provider.js';
import type { NameChange, NameStep, SeenName } from './name-change.js';
import { Rounds } from './rounds.js';

export interface GatheringOptions {
  /** For one request with all of its names. */
  readonly callTimeoutMs: number;
  /** What a name takes of `sizeMax` of one change. */
  readonly sizeOf: (step: NameStep) => number;
  readonly sizeMax: number;
}

/**
 * Puts the changes that are asked for the names of one zone at the same time into few: five hundred steps of a run are a
 * handful of requests. Nobody's name decides over another's: where a change of several is refused, its halves are tried,
 * down to the name that it was refused for.
 */
export class GatheredNameProvider extends NameProvider {
  private readonly changes: Rounds<NameStep, Applied>;

  constructor(
    private readonly provider: NameProvider,
    private readonly options: GatheringOptions,
  ) {
    super();
    const { callTimeoutMs: timeoutMs, sizeOf, sizeMax } = options;
    // One after the other: a zone takes one change at a time.
    const changeAll = async (steps: readonly NameStep[], signal: AbortSignal) =>
      (await this.applyAll(steps, signal)).map((value) => ({ status: 'fulfilled', value }) as const);
    // Two changes of one name in one request would both find what they saw, and leave a mixture.
    const keyOf = ({ seen }: NameStep): string => seen.name;
    this.changes = new Rounds(changeAll, { atOnce: 1, sizeOf, sizeMax, keyOf, mayLeave: 'until-begun', timeoutMs });
  }

  override get fence(): 'strong' | 'weak' {
    return this.provider.fence;
  }

  override get countsReads(): boolean {
    return this.provider.countsReads;
  }

  override read(names: readonly string[], signal: AbortSignal): Promise<readonly SeenName[]> {
    return this.provider.read(names, signal);
  }

  /** What must hold for all of its names, or for none, is no business of this: such a change goes as it is. */
  override async apply(change: NameChange, signal: AbortSignal): Promise<Applied> {
    const [step, ...others] = change.names;
    if (step === undefined || others.length > 0) return this.provider.apply(change, signal);
    try {
      return await this.changes.ask(step, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return { outcome: 'transient', reason: `the deadline passed before it was the turn of ${step.seen.name}` };
    }
  }

  override settled(change: ChangeId, signal: AbortSignal): Promise<'in-sync' | 'pending' | 'lost'> {
    return this.provider.settled(change, signal);
  }

  override authorities(signal: AbortSignal): Promise<Authorities> {
    return this.provider.authorities(signal);
  }

  private async applyAll(steps: readonly NameStep[], signal: AbortSignal): Promise<readonly Applied[]> {
    const applied = await this.provider.apply({ names: steps }, signal);
    if (steps.length === 1 || !isOfOneName(applied)) return steps.map(() => applied);
    // Each half has the time of a change of its own: that of the whole may be used up.
    const [first, second] = halves(steps);
    const again = (half: readonly NameStep[]) => this.applyAll(half, AbortSignal.timeout(this.options.callTimeoutMs));
    return [...(await again(first)), ...(await again(second))];
  }
}

/** Nothing was changed, for a reason that need not be every name's. */
const isOfOneName = ({ outcome }: Applied): boolean =>
  outcome === 'refused-by-fence' || outcome === 'changed-by-somebody-else' || outcome === 'misconfigured';

const halves = <T>(all: readonly T[]): readonly [readonly T[], readonly T[]] => {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
};
