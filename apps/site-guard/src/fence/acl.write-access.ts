import {
  FencedResource,
  OutcomeUnknownError,
  UnavailableError,
  type Epoch,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { AccessRule, AccessRules, Listener } from '#libs/kafka';
import type { Clock } from '#libs/runtime';
import { AccessObstacleError } from '../errors.js';
import { obstacles, planAccess, readAccess, type AclReading } from './acl-plan.js';
import type { AclScope } from './acl-survey.js';
import { answerWithin } from './deadline.js';
import type { HeldAccess } from './held-access.js';
import type { WriteAttempt, WriteProbe } from './write-probe.js';

/** A change of ACLs is in force on every broker some 60 ms after the answer; this is what we give it. */
const IN_FORCE_WITHIN_MS = 1_000;
const LOOK_AGAIN_MS = 20;

/**
 * Write access as ACLs on the site's Kafka. Weak: ACLs have no compare-and-set. The epoch stands in an ACL of its own and
 * is compared just before the write, by the one process per site that writes them.
 */
export class AclWriteAccess extends FencedResource<HeldAccess> {
  override readonly fence = 'weak';

  constructor(
    readonly scope: AclScope,
    private readonly rules: AccessRules,
    private readonly probes: Readonly<Record<Listener, WriteProbe>>,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async read(signal: AbortSignal): Promise<Stamped<HeldAccess>> {
    return this.readingOf(await this.list(signal));
  }

  override async write(
    seen: Stamped<HeldAccess>,
    next: HeldAccess,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const present = await this.list(signal);
    const now = this.readingOf(present);
    if (now.version !== seen.version || now.epoch > epoch) return 'refused';
    this.assertPossible(next, present);
    const { add, remove } = planAccess(this.scope, next, epoch, present);
    try {
      await this.answer(signal, this.rules.add(add));
      await this.answer(signal, this.rules.remove(remove));
      return (await this.comesToHold(next, epoch, signal)) ? 'written' : 'unknown';
    } catch (error) {
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  override async verify(
    expected: HeldAccess | undefined,
    signal: AbortSignal,
    listener: Listener = 'clients',
  ): Promise<Verification> {
    const endsAtMs = this.clock.monotonicMs() + IN_FORCE_WITHIN_MS;
    for (;;) {
      const verification = await this.look(expected, signal, listener);
      if (verification.holds || signal.aborted || this.clock.monotonicMs() >= endsAtMs) return verification;
      await this.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  private async look(expected: HeldAccess | undefined, signal: AbortSignal, listener: Listener): Promise<Verification> {
    const { topics, probeTopic } = this.scope;
    const attempt = await this.answer(signal, this.probes[listener].attempt(probeTopic));
    const { value, epoch } = await this.read(signal);
    return {
      check: `ACLs on ${topics.join(', ')} and a write to ${probeTopic}`,
      observed: { acls: value, epoch, write: attempt.answers.join('; ') },
      holds: expected === undefined || (value === expected && isWhatClientsFeel(expected, attempt)),
    };
  }

  private async comesToHold(next: HeldAccess, epoch: Epoch, signal: AbortSignal): Promise<boolean> {
    const endsAtMs = this.clock.monotonicMs() + IN_FORCE_WITHIN_MS;
    for (;;) {
      const { value, epoch: stamped } = await this.read(signal);
      if (stamped === epoch && (next === 'unset' || value === next)) return true;
      if (this.clock.monotonicMs() >= endsAtMs) return false;
      await this.clock.sleep(LOOK_AGAIN_MS, signal);
    }
  }

  private assertPossible(next: HeldAccess, present: readonly AccessRule[]): void {
    const inTheWay = next === 'unset' ? [] : obstacles(this.scope, next, present);
    if (inTheWay.length === 0) return;
    throw new AccessObstacleError(
      `Write access "${next}" of group ${this.scope.group} cannot be enforced while these ACLs stand: ` +
        `${inTheWay.join('; ')}. Replace them by rules that name the writers.`,
    );
  }

  private readingOf(present: readonly AccessRule[]): AclReading {
    return readAccess(this.scope, present);
  }

  private list(signal: AbortSignal): Promise<readonly AccessRule[]> {
    return this.answer(signal, this.rules.list());
  }

  private answer<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
    return answerWithin(signal, `Kafka of group ${this.scope.group}`, answer);
  }
}

const isWhatClientsFeel = (expected: HeldAccess, { result }: WriteAttempt): boolean => {
  switch (expected) {
    case 'none':
    case 'inbound':
      return result === 'refused';
    case 'clients':
      return result === 'accepted';
    case 'unset':
      return true;
  }
};
