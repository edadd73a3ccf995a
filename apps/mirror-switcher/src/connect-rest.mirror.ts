import {
  FencedResource,
  messageOf,
  OutcomeUnknownError,
  UnavailableError,
  type Epoch,
  type Json,
  type MirrorState,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { isHalted, isSettled, mirrorState, type FlowStatus } from './connector-status.js';
import type { ConnectClient } from './connect-client.js';
import type { EpochMarker } from './epoch-marker.js';

/** Where the flow's topics end at the target cluster, by `topic-partition`: the watermark, once the flow is stopped. */
export type EndOffsets = () => Promise<Readonly<Record<string, number>>>;

export interface MirrorOptions {
  /** Names of the flow's connectors at the target's Connect. */
  readonly source: string;
  readonly checkpoint: string;
  readonly pollMs: number;
}

/** One replication flow on plain Kafka Connect, which has no compare-and-set: the epoch is compared just before. */
export class ConnectRestMirror extends FencedResource<MirrorState> {
  override readonly fence = 'weak';

  constructor(
    private readonly connect: ConnectClient,
    private readonly marker: EpochMarker,
    private readonly endOffsets: EndOffsets,
    private readonly clock: Clock,
    private readonly options: MirrorOptions,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<MirrorState>> {
    const [epoch, status] = await Promise.all([this.marker.read(signal), this.status(signal)]);
    const value = mirrorState(status);
    const isPartial = value === 'stopped' && !isHalted(status);
    return { value, epoch, version: `epoch=${epoch} ${value}`, ...(isPartial && { isPartial }) };
  }

  /** Stamps BEFORE it changes the state, so that a writer with a lower epoch is refused from here on. */
  override async write(
    seen: Stamped<MirrorState>,
    next: MirrorState,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    if (seen.epoch > epoch || (await this.read(signal)).version !== seen.version) return 'refused';
    try {
      if (!(await this.marker.stamp(epoch, seen.epoch, signal))) return 'refused';
      const { source, checkpoint } = this.options;
      // Side by side: with a dead source each takes a second, and neither needs the other.
      await Promise.all([source, checkpoint].map((connector) => this.connect.setState(connector, next, signal)));
      const status = await this.statusOnce((now) => hasTaken(next, now), signal);
      return hasTaken(next, status) ? 'written' : 'unknown';
    } catch (error) {
      // Even "not reached" may have come after the first of several changes.
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  override async verify(expected: MirrorState | undefined, signal: AbortSignal): Promise<Verification> {
    const holds = (now: FlowStatus) => expected === undefined || isSettled(expected, now);
    const status = await this.statusOnce(holds, signal);
    const { source, checkpoint } = this.options;
    return {
      check: 'states of connectors and tasks, stored positions, end offsets at the target',
      observed: {
        connectors: { [source]: { ...status.source }, [checkpoint]: { ...status.checkpoint } },
        replicated: await readable(() => this.replicated(signal)),
        targetEnds: await readable(this.endOffsets),
      },
      holds: holds(status),
    };
  }

  private async status(signal: AbortSignal): Promise<FlowStatus> {
    const [source, checkpoint] = await Promise.all([
      this.connect.status(this.options.source, signal),
      this.connect.status(this.options.checkpoint, signal),
    ]);
    return { source, checkpoint };
  }

  /** The first status that meets `condition`, else the last one before the deadline. @throws UnavailableError if none came. */
  private async statusOnce(condition: (now: FlowStatus) => boolean, signal: AbortSignal): Promise<FlowStatus> {
    let last: FlowStatus | undefined;
    for (;;) {
      try {
        last = await this.status(signal);
        if (condition(last)) return last;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        if (signal.aborted && last === undefined) throw error;
      }
      if (signal.aborted && last !== undefined) return last;
      await this.clock.sleep(this.options.pollMs, signal);
    }
  }

  /** The last source offset that Connect has stored as replicated, by `topic-partition`. */
  private async replicated(signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
    const positions = await this.connect.positions(this.options.source, signal);
    return Object.fromEntries(positions.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]));
  }
}

/** `write` waits for a stop to be real, because what comes next relies on it; a start is judged by `verify`. */
const hasTaken = (next: MirrorState, status: FlowStatus): boolean =>
  next === 'stopped' ? isSettled('stopped', status) : mirrorState(status) === 'running';

/** Positions are evidence beside the states: missing ones are said, and hide nothing else. */
async function readable(read: () => Promise<Readonly<Record<string, number>>>): Promise<Json> {
  try {
    return await read();
  } catch (error) {
    return { unreadable: messageOf(error) };
  }
}
