import { canonicalJson } from '#libs/contracts';
import {
  FencedResource,
  type Cause,
  type Epoch,
  type Positions,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { isSettled } from '../connector-status.js';
import { MirrorUnreconciledError } from '../errors.js';
import type { AlteredPositions } from './altered-positions.js';
import { epochOfAll, wishOf, type HeldMirrorMaker } from './held-mirror-maker.js';
import type { ListedPositions } from './listed-positions.js';
import { NO_RUN, type MirrorMaker, type MirrorWrite } from './mirror-maker.js';
import type { OperatorRequests } from './operator-requests.js';
import { progressOf } from './progress.js';

export interface PositionsPorts {
  readonly mirrorMaker: MirrorMaker;
  readonly requests: OperatorRequests;
  readonly listed: ListedPositions;
  readonly altered: AlteredPositions;
  readonly clock: Clock;
  readonly pollMs: number;
}

/**
 * From where a flow that Strimzi runs goes on reading its source, set as Strimzi documents it: stopped, offsets in a
 * ConfigMap, asked for by annotation. A position is only ever raised, as with plain Connect.
 */
export class StrimziPositions extends FencedResource<Positions> {
  override readonly fence = 'weak';
  /** Their epoch is the mirror's, and is kept with it. */
  override readonly movesByItself = true;

  constructor(private readonly ports: PositionsPorts) {
    super();
  }

  /** As they were listed last: a seal stamps within a second, and the operator may take longer to list them. */
  override async read(signal: AbortSignal): Promise<Stamped<Positions>> {
    const held = await this.ports.mirrorMaker.read(signal);
    return { value: await this.ports.listed.last(held, signal), epoch: epochOfAll(held), version: wishOf(held) };
  }

  /** Stamps and stops in one patch. The value that was seen is stamped only: a seal stops nothing. */
  override async write(
    seen: Stamped<Positions>,
    next: Positions,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause = NO_RUN,
  ): Promise<WriteOutcome> {
    const isKept = canonicalJson(next) === canonicalJson(seen.value);
    const stamped = await this.stamp(seen, { ...(!isKept && { state: 'stopped' }), epoch, cause }, signal);
    if (stamped !== 'written' || isKept) return stamped;
    const stored = await this.whenStopped(signal);
    if (stored === undefined) return 'unknown';
    const higher = Object.entries(next).filter(([partition, offset]) => offset > (stored[partition] ?? 0));
    if (higher.length === 0) return 'written';
    return this.raise(Object.fromEntries(higher), { epoch, cause }, signal);
  }

  /** Expected ones hold when they are reached by a flow that is stopped: what runs moves on from them. */
  override async verify(expected: Positions | undefined, signal: AbortSignal): Promise<Verification> {
    const { held, positions } = await this.ports.listed.listed(signal);
    const isStopped = held.status !== undefined && isSettled('stopped', held.status);
    const holds = expected === undefined || (isStopped && this.shows(positions, expected));
    return {
      check: 'positions that the cluster operator listed, states of both connectors',
      observed: positions,
      holds,
    };
  }

  override shows(held: Positions, next: Positions): boolean {
    return Object.entries(next).every(([partition, offset]) => (held[partition] ?? 0) >= offset);
  }

  private async stamp(seen: Stamped<Positions>, write: MirrorWrite, signal: AbortSignal): Promise<WriteOutcome> {
    const held = await this.ports.mirrorMaker.read(signal);
    return wishOf(held) === seen.version ? this.ports.mirrorMaker.write(held, write, signal) : 'refused';
  }

  /** What is stored once nothing moves it any more; undefined when it did not stop in time. */
  private async whenStopped(signal: AbortSignal): Promise<Positions | undefined> {
    const { listed, clock, pollMs } = this.ports;
    for (;;) {
      await listed.listed(signal);
      const { held, positions } = await listed.listed(signal);
      if (progressOf(held, 'stopped').state === 'settled') return positions;
      await clock.sleep(pollMs, signal);
      if (signal.aborted) return undefined;
    }
  }

  /** The operator is asked only while the resource carries our epoch: what it alters is what we have put there. */
  private async raise(
    higher: Positions,
    write: { readonly epoch: Epoch; readonly cause: Cause },
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const { mirrorMaker, requests, listed, altered } = this.ports;
    const put = await altered.write(await mirrorMaker.read(signal), higher, write, signal);
    if (put !== 'written') return put;
    let isOvertaken = false;
    const check = ({ objects }: HeldMirrorMaker) => {
      const overtaken = objects.find(({ epoch }) => epoch !== write.epoch);
      isOvertaken = overtaken !== undefined;
      if (overtaken) throw new MirrorUnreconciledError(`${overtaken.name} carries epoch ${overtaken.epoch} meanwhile`);
    };
    try {
      await requests.perform('alter', signal, check);
    } catch (error) {
      if (isOvertaken) return 'refused';
      throw error;
    }
    const stored = await listed.read(signal);
    return Object.entries(higher).every(([partition, offset]) => stored[partition] === offset) ? 'written' : 'unknown';
  }
}
