import {
  messageOf,
  SignalboxError,
  type Epoch,
  type GroupId,
  type GuardRecord,
  type SiteId,
  type Stamped,
  type WriteAccess,
  type WriteOutcome,
} from '#libs/domain';
import type { Reasserted, ReassertionTally } from '#libs/jobs';
import { ConditionLog, type Clock, type Log, type Readiness } from '#libs/runtime';
import type { FenceMode, GroupMode } from '#libs/topology';
import type { HeldAccess } from '../fence/held-access.js';
import { inTime } from '../fence/deadline.js';
import { UNANSWERED, type LadderWriteAccess } from '../fence/ladder.write-access.js';
import type { GuardStatus } from '../guard-status.js';
import type { StepAccess } from './step-access.js';
import { enforcementOf, type Enforcement, type Order } from '../lease/self-fence.js';

/** Rounds that the ACLs must hold in a row before the listener is opened: a thawed broker works off old requests first. */
const ROUNDS_TO_OPEN = 2;

export interface GroupGuardSettings {
  readonly group: GroupId;
  readonly site: SiteId;
  readonly mode: GroupMode;
  readonly fenceMode: FenceMode;
  readonly reassertMs: number;
  /** For reading the ACLs and fencing by them, together; what does not fit is the next rung's. */
  readonly aclTimeoutMs: number;
}

/** The lease as a group's guard sees it. */
export interface LeaseView {
  holds(): boolean;
  /** When the last renewal was sent; orders were read after it. On the monotonic clock. */
  renewedAtMs(): number;
  order(group: GroupId): Order | undefined;
}

export interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly readiness: Readiness;
  readonly status: GuardStatus;
  readonly tally: ReassertionTally;
}

/** `settled`: as it is to be. `owing`: something did not answer or is not proven yet, so look again soon. */
export type RoundResult = 'settled' | 'owing';

/** Keeps one group's writes at this site where they belong: re-asserts the journal's order, and fences without one. */
export class GroupGuard {
  private readonly conditions: ConditionLog;
  private provenRounds = 0;
  private writtenAtMs = -Infinity;
  private told = '';
  /** The journal's order as it was last seen to be held: what differs from it later was changed from outside. */
  private orderHeld: Enforcement | undefined;

  constructor(
    private readonly settings: GroupGuardSettings,
    private readonly access: LadderWriteAccess,
    private readonly steps: StepAccess,
    private readonly lease: LeaseView,
    private readonly around: Surroundings,
  ) {
    this.conditions = new ConditionLog(around.log, around.clock);
  }

  get group(): GroupId {
    return this.settings.group;
  }

  /** In observe mode nothing is touched, an outsider's closed listener included. */
  get actsAlone(): boolean {
    return this.settings.mode !== 'observe';
  }

  async round(signal: AbortSignal): Promise<RoundResult> {
    const component = `write access of ${this.group}`;
    try {
      const result = await this.look(signal);
      if (result === 'settled') this.around.readiness.ready(component);
      return result;
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.around.status.losesSightOf(this.group);
      this.around.readiness.missing(component, `Write access of ${this.group}: ${messageOf(error)}`);
      return 'owing';
    }
  }

  private async look(signal: AbortSignal): Promise<RoundResult> {
    const { held, wanted, outcome } = await this.enforce(signal);
    if (!wanted || outcome === 'kept') return this.report(held);
    const now = await this.access.read(signal);
    const result = this.report(now);
    if (outcome !== 'written') return 'owing';
    this.count(held, wanted, now);
    return this.access.mayBeClosed && now.version !== UNANSWERED ? this.tryToOpen(wanted, signal) : result;
  }

  private async enforce(signal: AbortSignal): Promise<{
    readonly held: Stamped<HeldAccess>;
    readonly wanted?: Enforcement;
    readonly outcome: WriteOutcome | 'kept';
  }> {
    const { clock } = this.around;
    const startedMs = clock.monotonicMs();
    const held = await this.access.read(signal);
    // Asked after the read, which may have taken its time: the lease can end while a broker does not answer.
    const wanted = this.wanted(held);
    this.say(wanted);
    if (wanted?.why !== 'journal') this.orderHeld = undefined;
    if (!wanted || this.isAsWanted(held, wanted)) {
      if (wanted?.why === 'journal') this.orderHeld = wanted;
      return { held, outcome: 'kept' };
    }
    const write = (limit: AbortSignal) => this.access.write(held, wanted.access, wanted.epoch, limit);
    const leftMs = this.settings.aclTimeoutMs - (clock.monotonicMs() - startedMs);
    const isHurried = wanted.access === 'none' && this.access.hasNextRung;
    const outcome = await (isHurried ? inTime(clock, leftMs, write, signal) : write(signal));
    this.writtenAtMs = clock.monotonicMs();
    this.tell(held, wanted, outcome);
    return { held, wanted, outcome };
  }

  private wanted(held: Stamped<HeldAccess>): Enforcement | undefined {
    const leaseHolds = this.lease.holds();
    const isOutOfDate = leaseHolds && !this.steps.isSettledBefore(this.lease.renewedAtMs());
    const order = this.lease.order(this.group);
    const wanted = isOutOfDate ? undefined : enforcementOf({ ...this.settings, leaseHolds, order, held });
    // Where a step closed the listener, the ACLs have yet to hold what it stood for.
    return wanted ?? (this.access.mayBeClosed ? this.kept(held) : undefined);
  }

  private kept({ epoch }: Stamped<HeldAccess>): Enforcement {
    return { access: this.access.enforcedLast, epoch, why: 'closed-listener' };
  }

  /** A closed listener is closed again now and then, and always written through once the broker answers. */
  private isAsWanted({ value, epoch, version }: Stamped<HeldAccess>, wanted: Enforcement): boolean {
    const sinceMs = this.around.clock.monotonicMs() - this.writtenAtMs;
    const isFresh = this.access.isClosed && version === UNANSWERED && sinceMs < this.settings.reassertMs;
    return value === wanted.access && epoch === wanted.epoch && (isFresh || !this.access.mayBeClosed);
  }

  /** The listener opens only after the ACLs were seen to hold without it. */
  private async tryToOpen({ access }: Enforcement, signal: AbortSignal): Promise<RoundResult> {
    const { holds } = await this.access.verifyBehindListener(access, signal);
    this.provenRounds = holds ? this.provenRounds + 1 : 0;
    if (this.provenRounds < ROUNDS_TO_OPEN) return 'owing';
    await this.access.release();
    this.around.log.info({ group: this.group, access }, `The ACLs hold ${access} for ${this.group}: listener released`);
    return this.report(await this.access.read(signal));
  }

  private report({ value, epoch, version }: Stamped<HeldAccess>): RoundResult {
    const answered = version !== UNANSWERED;
    this.around.status.enforces(this.group, this.enforced(value, epoch, answered));
    const owing = !answered || this.access.mayBeClosed;
    if (owing) {
      const how = this.access.isClosed ? 'its listener is closed' : 'nothing can be fenced by ACL';
      this.around.readiness.missing(
        `write access of ${this.group}`,
        `Kafka of ${this.group} does not answer or has not proven its ACLs; ${how}.`,
      );
    }
    return owing ? 'owing' : 'settled';
  }

  private enforced(value: HeldAccess, epoch: Epoch, answered: boolean): GuardRecord['enforced'][string] | undefined {
    if (value === 'unset') return undefined;
    const byBroker = answered ? this.access.provenBy(value) : 'unproven';
    return { access: value, epoch, by: this.access.isClosed ? 'command' : byBroker };
  }

  /** Counts what was given back, and read back: not what a run, or this guard's own fence, had changed. */
  private count(found: Stamped<HeldAccess>, wanted: Enforcement, now: Stamped<HeldAccess>): void {
    const { access, epoch, why } = wanted;
    const shows = ({ value, epoch: stamp }: Stamped<HeldAccess>) => value === access && stamp === epoch;
    if (why !== 'journal' || now.version === UNANSWERED || !shows(now)) return;
    const wasHeld = this.orderHeld?.access === access && this.orderHeld.epoch === epoch;
    if (wasHeld && found.version !== UNANSWERED && !shows(found)) {
      this.around.tally.note(this.reasserted(found, access, epoch));
    }
    this.orderHeld = wanted;
  }

  private reasserted(found: Stamped<HeldAccess>, ordered: WriteAccess, epoch: Epoch): Reasserted {
    const { group, site } = this.settings;
    const resource = { kind: 'write-access', group, site } as const;
    return { group, resource, epoch, ordered, found: { value: found.value, epoch: found.epoch } };
  }

  /** Once per change, however often it is tried. */
  private tell(held: Stamped<HeldAccess>, { access, epoch, why }: Enforcement, outcome: WriteOutcome): void {
    const by = this.access.isClosed ? 'command' : this.access.provenBy(access);
    const line = `Write access of ${this.group}: ${access} (${why}), ${outcome} by ${by}`;
    if (line === this.told) return;
    this.told = line;
    this.around.log.info({ group: this.group, before: held.value, access, epoch, outcome, by }, line);
  }

  private say(wanted: Enforcement | undefined): void {
    const condition = `self-fence of ${this.group}`;
    if (wanted?.why === 'self-fence') {
      this.conditions.holds(condition, `The site's lease has lapsed: fencing ${this.group} until the journal answers`);
    } else {
      this.conditions.ended(condition, `The journal answers again: ${this.group} follows its order`);
    }
  }
}
