import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  messageOf,
  SignalboxError,
  UnavailableError,
  type Cause,
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
import { MirrorUnreconciledError } from '../errors.js';
import { epochOfAll, versionOf, wantedOfAll, type HeldMirrorMaker } from './held-mirror-maker.js';
import type { ListedPositions } from './listed-positions.js';
import { NO_RUN, type MirrorMaker } from './mirror-maker.js';
import { progressOf } from './progress.js';

const CHECK =
  'what the cluster operator reports of the connectors, positions that it listed twice, end offsets at the target';

export interface StrimziMirrorOptions {
  readonly pollMs: number;
  /** What listing gets where nothing is waited for. */
  readonly reportMs: number;
}

/** One look: listed twice, so that what is reported was asked of Connect after we began. */
interface Look {
  readonly held: HeldMirrorMaker;
  readonly before: Positions;
  readonly after: Positions;
}

/**
 * One replication flow that Strimzi runs. What is wanted of it is changed at its resource and nowhere else: at Connect the
 * cluster operator would undo it. The API server compares what was seen; that it refuses everybody else's stale epoch is up
 * to the admission policies, so it is kept as a weak one is.
 */
export class StrimziMirror extends FencedResource<MirrorState> {
  override readonly fence = 'weak';

  constructor(
    private readonly mirrorMaker: MirrorMaker,
    private readonly listed: ListedPositions,
    private readonly endOffsets: EndOffsets,
    private readonly clock: Clock,
    private readonly options: StrimziMirrorOptions,
  ) {
    super();
  }

  /** What is wanted, which the operator brings about again and again. What came of it is looked at by `verify`. */
  override async read(signal: AbortSignal): Promise<Stamped<MirrorState>> {
    return stampedState(await this.mirrorMaker.read(signal));
  }

  override async write(
    seen: Stamped<MirrorState>,
    next: MirrorState,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause = NO_RUN,
  ): Promise<WriteOutcome> {
    const held = await this.mirrorMaker.read(signal);
    if (stampedState(held).version !== seen.version) return 'refused';
    const isKept = next === seen.value && !seen.isPartial;
    return this.mirrorMaker.write(held, { ...(!isKept && { state: next }), epoch, cause }, signal);
  }

  /** @throws MirrorUnreconciledError when the operator has not looked in time: nobody knows then what runs. */
  override async verify(expected: MirrorState | undefined, signal: AbortSignal): Promise<Verification> {
    if (expected === undefined) return this.report(signal);
    let last: Look | undefined;
    while (!signal.aborted || last === undefined) {
      let wanted: HeldMirrorMaker | undefined;
      try {
        wanted = await this.mirrorMaker.read(signal);
        if (stampedState(wanted).value !== expected) return this.verification(asSeen(wanted), expected, false);
        last = await this.look(signal);
        if (isBroughtAbout(last, expected)) return this.verification(last, expected, true);
      } catch (error) {
        const isSilence = error instanceof MirrorUnreconciledError || error instanceof UnavailableError;
        if (!isSilence) throw error;
        // Time was over in the middle of a look: the one before it is the answer.
        if (last === undefined) throw wanted ? withProgress(error, wanted, expected) : error;
      }
      await this.clock.sleep(this.options.pollMs, signal);
    }
    return this.verification(last, expected, false);
  }

  /** @throws MirrorUnreconciledError */
  private async look(signal: AbortSignal): Promise<Look> {
    const before = await this.listed.listed(signal);
    const { held, positions } = await this.listed.listed(signal);
    return { held, before: before.positions, after: positions };
  }

  /** Nothing is expected, so nothing is waited for but one list. */
  private async report(signal: AbortSignal): Promise<Verification> {
    const held = await this.mirrorMaker.read(signal);
    try {
      const { positions } = await this.listed.listed(
        AbortSignal.any([signal, AbortSignal.timeout(this.options.reportMs)]),
      );
      return await this.verification({ held, before: positions, after: positions }, undefined, true);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      return this.verification(asSeen(held), undefined, true, { unreadable: messageOf(error) });
    }
  }

  private async verification(
    { held, after }: Look,
    expected: MirrorState | undefined,
    holds: boolean,
    replicated: Json = after,
  ): Promise<Verification> {
    const { value } = stampedState(held);
    const { source, checkpoint } = held.connectors;
    const status = held.status && { [source]: { ...held.status.source }, [checkpoint]: { ...held.status.checkpoint } };
    const operator = { ...progressOf(held, expected ?? value) };
    return {
      check: CHECK,
      observed: { wanted: value, operator, connectors: status ?? {}, replicated, targetEnds: await this.ends() },
      holds,
    };
  }

  private async ends(): Promise<Json> {
    try {
      return await this.endOffsets();
    } catch (error) {
      return { unreadable: messageOf(error) };
    }
  }
}

/** A flow that is half stopped counts as stopped: sealing it then ends what was begun and never sets it going again. */
function stampedState(held: HeldMirrorMaker): Stamped<MirrorState> {
  const wanted = wantedOfAll(held);
  const value = wanted.every((each) => each === 'running') ? 'running' : 'stopped';
  const isPartial = value === 'stopped' && wanted.some((each) => each !== 'stopped');
  const version = held.objects.map(versionOf).join(', ');
  return { value, epoch: epochOfAll(held), version, ...(isPartial && { isPartial }) };
}

const asSeen = (held: HeldMirrorMaker): Look => ({ held, before: {}, after: {} });

/** Stopped is also frozen: what the operator reports may be from before a task's last write. */
const isBroughtAbout = ({ held, before, after }: Look, expected: MirrorState): boolean =>
  progressOf(held, expected).state === 'settled' &&
  (expected === 'running' || canonicalJson(before) === canonicalJson(after));

/** With what stands in the way, as far as the resource tells. */
function withProgress(error: SignalboxError, held: HeldMirrorMaker, expected: MirrorState) {
  const progress = progressOf(held, expected);
  if (progress.state === 'settled') return error;
  return new MirrorUnreconciledError(`${error.message}; ${progress.state}: ${progress.problem}`, { cause: error });
}
