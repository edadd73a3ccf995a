import {
  epoch as epochOf,
  NEVER_STAMPED,
  OutcomeUnknownError,
  UnavailableError,
  type Cause,
  type Epoch,
  type Stamped,
  type WriteOutcome,
} from '#libs/domain';
import type { Owner } from '#libs/kubernetes';
import { ClusterWriteAccess, LOOK_AGAIN_MS, type WriteAccessPorts } from '../fence/cluster.write-access.js';
import type { HeldAccess } from '../fence/held-access.js';
import { AccessObstacleError, KafkaUserUnpreparedError } from '../errors.js';
import { oursIn, type Denial } from './denials.js';
import { versionOf, type HeldUser } from './held-user.js';
import type { KafkaUser } from './kafka-user.js';
import { accessIn, isProbeDenied, obstaclesTo, probeOf, unreconciled, wantedOf, type Situation } from './user-plan.js';

export interface GroupUsers {
  /** Everybody who may write to the group's topics. */
  readonly users: readonly KafkaUser[];
  readonly own: KafkaUser;
  readonly owner: Owner;
}

/** The User Operator looks at a resource that has changed at once, and has many others. */
const RECONCILED_WITHIN_MS = 10_000;

/** One user that is to be written. */
interface Change {
  readonly user: KafkaUser;
  readonly seen: HeldUser;
  /** What we are to deny it; of our own user, which other groups have probes at, as it is found. */
  readonly denied: (held: HeldUser) => ReadonlySet<Denial>;
  /** Absent for our own user. */
  readonly owner?: Owner;
}

/**
 * Write access as deny rules in KafkaUsers, where Strimzi's User Operator owns the ACLs and removes those of others. What holds
 * is what the cluster shows, and not what the resources order. The API server compares each of them; together they are
 * no one write, so what was cut short is done again.
 */
export class KafkaUserWriteAccess extends ClusterWriteAccess {
  protected override readonly enforcedBy = "KafkaUsers and the cluster's ACLs";

  constructor(
    ports: WriteAccessPorts,
    private readonly group: GroupUsers,
  ) {
    super(ports);
  }

  override async read(signal: AbortSignal): Promise<Stamped<HeldAccess>> {
    return stampedAccess(await this.situation(signal));
  }

  override async write(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
    cause?: Cause,
  ): Promise<WriteOutcome> {
    const situation = await this.situation(signal);
    const now = stampedAccess(situation);
    if (now.version !== seen.version || now.epoch > epoch) return 'refused';
    const inTheWay = next === 'unset' ? [] : obstaclesTo(situation, next);
    // An emergency fence is had as far as it can be; anything that lets somebody in, as a whole or not at all.
    if (inTheWay.length > 0 && next !== 'none') throw this.impossible(next, inTheWay);
    const outcome = await this.change(situation, next, (change) => this.patch(change, epoch, signal, cause), signal);
    if (outcome !== 'written') return outcome;
    if (inTheWay.length > 0) throw this.impossible(next, inTheWay);
    return (await this.becomes((held) => this.isHeld(held, next, epoch), signal)) ? 'written' : 'unknown';
  }

  protected override async observed(signal: AbortSignal) {
    const situation = await this.situation(signal);
    const { value, epoch } = stampedAccess(situation);
    const waiting = unreconciled(situation);
    return {
      value,
      observed: { acls: value, epoch, ...(waiting.length > 0 && { notReconciled: waiting }) },
    };
  }

  /** First who is denied more, and only when the cluster shows that, who is denied less. */
  private async change(
    situation: Situation,
    next: HeldAccess,
    patch: (change: Change) => Promise<WriteOutcome>,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const changes = this.changesTo(situation, next);
    const isLifted = ({ seen, denied }: Change) => [...oursIn(seen)].some((denial) => !denied(seen).has(denial));
    const [lifted, others] = [changes.filter(isLifted), changes.filter((change) => !isLifted(change))];
    const closed = together(await Promise.all(others.map(patch)));
    if (closed !== 'written' || lifted.length === 0) return closed;
    const areShown = (held: Situation) => others.every(({ user }) => !unreconciled(held).includes(user.name));
    if (!(await this.becomes(areShown, signal))) return 'unknown';
    const opened = together(await Promise.all(lifted.map(patch)));
    return opened === 'refused' && others.length > 0 ? 'unknown' : opened;
  }

  private changesTo(situation: Situation, next: HeldAccess): readonly Change[] {
    const { users, own, scope } = situation;
    const { owner } = this.group;
    const changes = this.group.users.flatMap((user): readonly Change[] => {
      const seen = users.find(({ name }) => name === user.name);
      if (!seen) return [];
      const denied = next === 'unset' ? oursIn(seen) : wantedOf(situation, seen, next);
      return [{ user, seen, denied: () => denied, owner }];
    });
    const probe = probeOf(scope);
    const [wasDenied, isDenied] = [oursIn(own).has(probe), next !== 'unset' && isProbeDenied(next)];
    if (next === 'unset' || wasDenied === isDenied) return changes;
    const denied = (held: HeldUser) => {
      const others = [...oursIn(held)].filter((denial) => denial !== probe);
      return new Set([...others, ...(isDenied ? [probe] : [])]);
    };
    return [...changes, { user: this.group.own, seen: own, denied }];
  }

  /** The operator writes a status in between, and the owner rules of other topics: that is no change of what was seen. */
  private async patch(
    { user, seen, denied, owner }: Change,
    epoch: Epoch,
    signal: AbortSignal,
    cause: Cause | undefined,
  ): Promise<WriteOutcome> {
    const stamp = owner && { owner, epoch, cause };
    try {
      for (let held = seen; ; held = await user.read(signal)) {
        if (owner && (held.epoch > epoch || versionOf(held) !== versionOf(seen))) return 'refused';
        const outcome = await user.write(held, { denied: denied(held), ...(stamp && { stamp }) }, signal);
        if (outcome !== 'refused' || signal.aborted) return outcome;
      }
    } catch (error) {
      // Others may have been written already.
      if (error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  private isHeld(situation: Situation, next: HeldAccess, epoch: Epoch): boolean {
    const { value, epoch: stamped } = stampedAccess(situation);
    return (stamped === epoch || this.group.users.length === 0) && (next === 'unset' || value === next);
  }

  /** Looks until it is so, for as long as the User Operator is given. */
  private async becomes(isSo: (held: Situation) => boolean, signal: AbortSignal): Promise<boolean> {
    const endsAtMs = this.clock.monotonicMs() + RECONCILED_WITHIN_MS;
    try {
      for (;;) {
        if (isSo(await this.situation(signal))) return true;
        if (signal.aborted || this.clock.monotonicMs() >= endsAtMs) return false;
        await this.clock.sleep(LOOK_AGAIN_MS, signal);
      }
    } catch (error) {
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return false;
      throw error;
    }
  }

  private async situation(signal: AbortSignal): Promise<Situation> {
    const [rules, own, users] = await Promise.all([
      this.answer(signal, this.ports.rules.list()),
      this.group.own.read(signal),
      Promise.all(this.group.users.map((user) => user.read(signal))),
    ]);
    if (own.principal !== this.scope.self)
      throw new KafkaUserUnpreparedError(own.name, `is ${own.principal}, and Signalbox logs in as ${this.scope.self}`);
    return { scope: this.scope, users, own, rules };
  }

  private impossible(next: HeldAccess, inTheWay: readonly string[]): AccessObstacleError {
    return new AccessObstacleError(
      `Write access "${next}" of group ${this.scope.group} cannot be had by the KafkaUsers that are named for it: ` +
        `${inTheWay.join('; ')}. Name every KafkaUser that may write under kafkaUsers, and give each rules of its own.`,
    );
  }
}

/** Where the stamps do not agree, a write was cut short: nothing is taken for kept then. */
function stampedAccess(situation: Situation): Stamped<HeldAccess> {
  const { scope, users, own } = situation;
  const epochs = new Set(users.map(({ epoch }) => epoch));
  const highest = epochOf(Math.max(NEVER_STAMPED, ...epochs));
  const probe = `probe ${oursIn(own).has(probeOf(scope)) ? 'denied' : 'not denied'}`;
  const version = [...users.map(versionOf), probe].join('\n\n');
  if (epochs.size > 1) return { value: 'unset', epoch: highest, version, isPartial: true };
  return { value: accessIn(situation), epoch: highest, version };
}

/** Of several writes: what was done in part has to be looked at. */
const together = (outcomes: readonly WriteOutcome[]): WriteOutcome => {
  if (outcomes.every((outcome) => outcome === 'written')) return 'written';
  return outcomes.every((outcome) => outcome === 'refused') ? 'refused' : 'unknown';
};
