import { OutcomeUnknownError, UnavailableError, type Epoch, type Stamped, type WriteOutcome } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { AccessObstacleError } from '../errors.js';
import { obstacles, planAccess, readAccess, type AclReading } from './acl-plan.js';
import { ClusterWriteAccess, IN_FORCE_WITHIN_MS, LOOK_AGAIN_MS } from './cluster.write-access.js';
import type { HeldAccess } from './held-access.js';

/**
 * Write access as ACLs on the site's Kafka. ACLs have no compare-and-set. The epoch stands in an ACL of its own and is
 * compared just before the write.
 */
export class AclWriteAccess extends ClusterWriteAccess {
  protected override readonly enforcedBy = 'ACLs';

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
      await this.answer(signal, this.ports.rules.add(add));
      await this.answer(signal, this.ports.rules.remove(remove));
      return (await this.comesToHold(next, epoch, signal)) ? 'written' : 'unknown';
    } catch (error) {
      if (error instanceof OutcomeUnknownError || error instanceof UnavailableError) return 'unknown';
      throw error;
    }
  }

  protected override async observed(signal: AbortSignal) {
    const { value, epoch } = await this.read(signal);
    return { value, observed: { acls: value, epoch } };
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
    return this.answer(signal, this.ports.rules.list());
  }
}
