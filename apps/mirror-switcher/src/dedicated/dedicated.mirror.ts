import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  UnavailableError,
  type Epoch,
  type Json,
  type MirrorState,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { EndOffsets } from '../connect-rest.mirror.js';
import { MirrorRestartError } from '../errors.js';
import type { PositionsSource } from '../positions-source.js';
import type { HeldFlow, MirrorMakerFile } from './mirror-maker-file.js';
import type { Workers } from './workers.js';

const CHECK = 'the switch in the file, positions by offset syncs and end offsets at the target, looked at twice';

export interface DedicatedPorts {
  readonly file: MirrorMakerFile;
  readonly workers: Workers;
  readonly positions: PositionsSource;
  readonly endOffsets: EndOffsets;
  /** Records that the source holds and the flow has not told to have copied. */
  readonly left: (signal: AbortSignal) => Promise<number>;
  readonly clock: Clock;
  readonly pollMs: number;
  /** Between two looks that must show the same. Longer than new workers take to have read what they are not to do. */
  readonly quietMs: number;
}

/** No interface: only types have the index that JSON wants. */
type Look = { readonly positions: Positions; readonly targetEnds: Positions };

/**
 * One replication flow of a MirrorMaker 2 that runs on its own: a switch in a file, and workers that are started anew to
 * read it. Nobody can be asked what they do, so only what they copy is believed: two looks apart show it stand still, or go on.
 */
export class DedicatedMirror extends FencedResource<MirrorState> {
  override readonly fence = 'weak';

  constructor(private readonly ports: DedicatedPorts) {
    super();
  }

  override read(_signal: AbortSignal): Promise<Stamped<MirrorState>> {
    return this.ports.file.read();
  }

  /**
   * The file first, and in it that the workers do not know of it yet: whoever comes after a crash starts them anew, sealing
   * included. The value that was seen is stamped only.
   */
  override async write(
    seen: Stamped<MirrorState>,
    next: MirrorState,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const { file } = this.ports;
    const isPending = next !== seen.value || seen.isPartial === true;
    if (!(await file.write(seen, next, epoch, isPending))) return 'refused';
    return isPending ? this.bringAbout(await file.read(), next, epoch, signal) : 'written';
  }

  /** @throws UnavailableError when the target, or of a flow that is to run the source, cannot be asked. */
  override async verify(expected: MirrorState | undefined, signal: AbortSignal): Promise<Verification> {
    const held = await this.ports.file.read();
    const isSaid = expected === undefined || (held.value === expected && !held.isPartial);
    const look = await this.look(signal);
    if (expected === undefined || !isSaid) return verification(held, look, isSaid);
    return expected === 'stopped' ? this.whenStill(held, look, signal) : this.whenMoving(held, look, signal);
  }

  private async whenStill(held: HeldFlow, first: Look, signal: AbortSignal): Promise<Verification> {
    for (let before = first; ;) {
      await this.ports.clock.sleep(this.ports.quietMs, signal);
      // The deadline ended the wait: two looks at once say nothing.
      if (signal.aborted) return verification(held, before, false);
      const now = await this.look(signal);
      if (canonicalJson(now) === canonicalJson(before)) return verification(held, now, true);
      before = now;
    }
  }

  /** Where nothing is left to be copied, nothing can be seen to move. */
  private async whenMoving(held: HeldFlow, first: Look, signal: AbortSignal): Promise<Verification> {
    const { clock, left, pollMs } = this.ports;
    for (let now = first; ; now = await this.look(signal)) {
      const holds = canonicalJson(now) !== canonicalJson(first) || (await left(signal)) === 0;
      if (holds || signal.aborted) return verification(held, now, holds);
      await clock.sleep(pollMs, signal);
    }
  }

  private async bringAbout(
    held: HeldFlow,
    next: MirrorState,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const { file, workers } = this.ports;
    try {
      await workers.startAnew(signal);
    } catch (error) {
      if (error instanceof MirrorRestartError) return 'unknown';
      throw error;
    }
    if (!(await file.write(held, next, epoch, false))) return 'refused';
    if (next === 'running') return 'written';
    return this.standsStill(signal);
  }

  /** What comes next relies on a stop; a start is judged by `verify`. */
  private async standsStill(signal: AbortSignal): Promise<WriteOutcome> {
    try {
      const { holds } = await this.verify('stopped', signal);
      return holds ? 'written' : 'unknown';
    } catch (error) {
      if (error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  /** Positions first: a copy in between shows in the ends. */
  private async look(signal: AbortSignal): Promise<Look> {
    const positions = await this.ports.positions.read(signal);
    return { positions, targetEnds: await this.ports.endOffsets() };
  }
}

function verification(
  { value, isPartial = false }: HeldFlow,
  { positions, targetEnds }: Look,
  holds: boolean,
): Verification {
  const observed: Json = { wanted: value, workersKnow: !isPartial, replicated: positions, targetEnds };
  return { check: CHECK, observed, holds };
}
