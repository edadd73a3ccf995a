import {
  FencedResource,
  messageOf,
  NEVER_STAMPED,
  SignalboxError,
  UnavailableError,
  type Cause,
  type Epoch,
  type Stamped,
  type Verification,
  type WriteAccess,
  type WriteOutcome,
} from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { ClusterWriteAccess, ProvenBy } from './cluster.write-access.js';
import { inTime } from './deadline.js';
import type { HeldAccess } from './held-access.js';
import type { ListenerFence } from './listener-fence.js';
import { Serial } from './serial.js';

/** The version of a value that could not be read: it is only what was known last. */
export const UNANSWERED = 'the broker did not answer';

export interface LadderOptions {
  /** What the ACL rung gets where there is a next one to try. */
  readonly aclTimeoutMs: number;
  /** What it gets where there is none. */
  readonly requestTimeoutMs: number;
  /** Whether the site may let clients write now: false from the moment its lease lapses. */
  readonly mayLift: () => boolean;
}

/**
 * Write access with a second rung. Where the broker does not answer, `none` is enforced by closing its listener; what
 * epoch that was done under is remembered here until it can stand in the ACLs.
 */
export class LadderWriteAccess extends FencedResource<HeldAccess> {
  override readonly fence = 'weak';
  /** Steps of runs and the guard itself write: neither may come between the other's comparison and its change. */
  private readonly turn = new Serial();
  private known: { readonly value: HeldAccess; readonly epoch: Epoch } = { value: 'unset', epoch: NEVER_STAMPED };
  private last: WriteAccess = 'none';

  constructor(
    private readonly acls: ClusterWriteAccess,
    private readonly listener: ListenerFence | undefined,
    private readonly clock: Clock,
    private readonly options: LadderOptions,
  ) {
    super();
  }

  /** Whether `none` can be enforced without the broker. */
  get hasNextRung(): boolean {
    return this.listener !== undefined;
  }

  /** The listener was closed for this group, and that was read back. */
  get isClosed(): boolean {
    return this.listener?.isClosedFor(this.acls.scope.group) ?? false;
  }

  /** As above, or a command whose outcome is not known: the ACLs have to be proven before it is opened. */
  get mayBeClosed(): boolean {
    return this.listener?.mayBeClosedFor(this.acls.scope.group) ?? false;
  }

  /** How sure the broker's own rung is of `access` where it shows it. */
  provenBy(access: HeldAccess): ProvenBy {
    return this.acls.provenBy(access);
  }

  /** What was enforced last, by whatever rung; `none` until something was. */
  get enforcedLast(): WriteAccess {
    return this.last;
  }

  override async read(signal: AbortSignal): Promise<Stamped<HeldAccess>> {
    const value = (found: HeldAccess): HeldAccess => (this.isClosed ? 'none' : found);
    try {
      const seen = await this.onAcls((limit) => this.acls.read(limit), signal);
      this.known = { value: seen.value, epoch: later(seen.epoch, this.known.epoch) };
      // A stamp that was lowered from outside is shown as it is: whoever looks must be able to put it right.
      const stamp = this.mayBeClosed ? this.known.epoch : seen.epoch;
      return { value: value(seen.value), epoch: stamp, version: seen.version };
    } catch (error) {
      // Whatever keeps the ACLs from being read, the listener can still be closed.
      if (!this.listener || !(error instanceof SignalboxError)) throw error;
      return { value: value(this.known.value), epoch: this.known.epoch, version: UNANSWERED };
    }
  }

  override write(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<WriteOutcome> {
    return this.turn.run(() => this.climb(seen, next, epoch, signal, cause));
  }

  override async verify(expected: HeldAccess | undefined, signal: AbortSignal): Promise<Verification> {
    if (!this.listener || !this.isClosed) return this.acls.verify(expected, signal);
    try {
      const { status, answers } = await this.listener.look();
      const holds = expected === undefined || (expected === 'none' && status === 'closed' && !answers);
      return {
        check: 'listener-closed',
        observed: { status, connect: answers ? 'accepted' : 'no answer', epoch: this.known.epoch },
        holds,
      };
    } catch (error) {
      return { check: 'listener-closed', observed: { problem: messageOf(error) }, holds: false };
    }
  }

  /** Whether the ACLs alone hold `access`, told by a write past the listener that clients use. */
  verifyBehindListener(access: HeldAccess, signal: AbortSignal): Promise<Verification> {
    return this.acls.verify(access, signal, 'control');
  }

  /** Opens the listener again, where no other group needs it closed. @throws FenceCommandError */
  async release(): Promise<void> {
    await this.listener?.release({ group: this.acls.scope.group, epoch: this.known.epoch });
  }

  private async climb(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause | undefined,
  ): Promise<WriteOutcome> {
    if (epoch < this.known.epoch) return 'refused';
    if (next === 'clients' && seen.value !== 'clients' && !this.options.mayLift()) {
      throw new UnavailableError("The site's lease has lapsed: no client may write here until the journal answers.");
    }
    const outcome = await this.writeAcls(seen, next, epoch, signal, cause);
    if (outcome === 'written') return this.enforced(next, epoch, signal);
    if (outcome !== 'unknown' || next !== 'none' || !this.listener) return outcome;
    await this.listener.close({ group: this.acls.scope.group, epoch, run: cause?.run });
    this.known = { value: this.known.value, epoch };
    this.last = 'none';
    return 'written';
  }

  private async enforced(next: HeldAccess, epoch: Epoch, signal: AbortSignal): Promise<WriteOutcome> {
    this.known = { value: next, epoch };
    if (next !== 'unset') this.last = next;
    // Clients that may write must also get in; every other access can wait for the guard's rounds to open the listener.
    if (next !== 'clients' || !this.mayBeClosed) return 'written';
    const { holds } = await this.verifyBehindListener(next, signal);
    if (holds) await this.release();
    return holds ? 'written' : 'unknown';
  }

  private async writeAcls(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause | undefined,
  ): Promise<WriteOutcome> {
    if (seen.version === UNANSWERED) return 'unknown';
    const hasNextRung = next === 'none' && this.hasNextRung;
    try {
      return await this.onAcls((limit) => this.acls.write(seen, next, epoch, limit, cause), signal, hasNextRung);
    } catch (error) {
      if (error instanceof UnavailableError || (hasNextRung && error instanceof SignalboxError)) return 'unknown';
      throw error;
    }
  }

  private onAcls<T>(
    work: (limit: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    hasNextRung = this.hasNextRung,
  ): Promise<T> {
    const { aclTimeoutMs, requestTimeoutMs } = this.options;
    return inTime(this.clock, hasNextRung ? aclTimeoutMs : requestTimeoutMs, work, signal);
  }
}

const later = (one: Epoch, other: Epoch): Epoch => (one > other ? one : other);
