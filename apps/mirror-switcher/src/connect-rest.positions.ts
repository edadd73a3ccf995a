import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  OutcomeUnknownError,
  UnavailableError,
  type Epoch,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { ConnectClient } from './connect-client.js';
import { isSettled, type ConnectorStatus } from './connector-status.js';
import type { EpochMarker } from './epoch-marker.js';
import { ConnectorMissingError } from './errors.js';
import type { RenderedConnectors } from './rendered-connectors.js';
import { StoredPositions } from './stored-positions.js';

export interface PositionsOptions {
  /** Names of the flow's connectors at the target's Connect. */
  readonly source: string;
  readonly checkpoint: string;
  /** How they are created when Connect does not have them. */
  readonly rendered: RenderedConnectors;
  readonly pollMs: number;
}

/**
 * From where a flow goes on reading its source. Setting it leaves the flow stopped: its connectors are created that way
 * when they are missing, and stopped when they are not. A position is only ever raised. The offsets of a log never fall,
 * so one that is stored and higher stands for records that were copied since, and setting it back would copy them again.
 */
export class ConnectRestPositions extends FencedResource<Positions> {
  override readonly fence = 'weak';
  /** Their epoch is the mirror's, and is kept with it. */
  override readonly movesByItself = true;
  private readonly stored: StoredPositions;

  constructor(
    private readonly connect: ConnectClient,
    private readonly marker: EpochMarker,
    private readonly clock: Clock,
    private readonly options: PositionsOptions,
  ) {
    super();
    this.stored = new StoredPositions(connect, options.source);
  }

  /** The positions of a running flow move by themselves: a write is compared with the epoch alone. */
  override async read(signal: AbortSignal): Promise<Stamped<Positions>> {
    const [epoch, value] = await Promise.all([this.marker.read(signal), this.positions(signal)]);
    return { value, epoch, version: `epoch=${epoch}` };
  }

  /** Stamps BEFORE it changes anything. The value that was seen is stamped only: a seal stops and creates nothing. */
  override async write(
    seen: Stamped<Positions>,
    next: Positions,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    if (seen.epoch > epoch || (await this.read(signal)).version !== seen.version) return 'refused';
    try {
      if (!(await this.marker.stamp(epoch, seen.epoch, signal))) return 'refused';
      if (canonicalJson(next) === canonicalJson(seen.value)) return 'written';
      if (!(await this.halt(signal))) return 'unknown';
      await this.raise(next, signal);
      return this.shows(await this.stored.read(signal), next) ? 'written' : 'unknown';
    } catch (error) {
      // Even "not reached" may have come after the first of several changes.
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  /** Expected ones hold when they are reached by a flow that is there and stopped: what runs moves on from them. */
  override async verify(expected: Positions | undefined, signal: AbortSignal): Promise<Verification> {
    const [isHalted, observed] = await Promise.all([this.isHalted(signal), this.positions(signal)]);
    const holds = expected === undefined || (isHalted && this.shows(observed, expected));
    return { check: 'positions that Connect stored, states of both connectors', observed, holds };
  }

  override shows(held: Positions, next: Positions): boolean {
    return Object.entries(next).every(([partition, offset]) => (held[partition] ?? 0) >= offset);
  }

  private async positions(signal: AbortSignal): Promise<Positions> {
    return (await unlessMissing(this.stored.read(signal))) ?? {};
  }

  /** False when they did not stop in time. */
  private async halt(signal: AbortSignal): Promise<boolean> {
    const { source, checkpoint, rendered } = this.options;
    await Promise.all([
      this.stopOrCreate(source, rendered.source, signal),
      this.stopOrCreate(checkpoint, rendered.checkpoint, signal),
    ]);
    while (!signal.aborted) {
      if (await this.isHalted(signal)) return true;
      await this.clock.sleep(this.options.pollMs, signal);
    }
    return false;
  }

  private async stopOrCreate(name: string, config: RenderedConnectors['source'], signal: AbortSignal): Promise<void> {
    try {
      await this.connect.setState(name, 'stopped', signal);
    } catch (error) {
      if (!(error instanceof ConnectorMissingError)) throw error;
      await this.connect.createStopped(name, config, signal);
    }
  }

  /** A connector that was just created has no status for a moment. */
  private async isHalted(signal: AbortSignal): Promise<boolean> {
    const status = (name: string): Promise<ConnectorStatus | undefined> =>
      unlessMissing(this.connect.status(name, signal));
    const { source, checkpoint } = this.options;
    const [mirror, checkpoints] = await Promise.all([status(source), status(checkpoint)]);
    return (
      mirror !== undefined &&
      checkpoints !== undefined &&
      isSettled('stopped', { source: mirror, checkpoint: checkpoints })
    );
  }

  private async raise(next: Positions, signal: AbortSignal): Promise<void> {
    const stored = await this.stored.read(signal);
    const higher = Object.entries(next).filter(([partition, offset]) => offset > (stored[partition] ?? 0));
    if (higher.length > 0) await this.stored.write(Object.fromEntries(higher), signal);
  }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ConnectorMissingError) return undefined;
    throw error;
  }
}
