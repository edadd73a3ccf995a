import type { GroupId, GuardRecord } from '#libs/domain';

/** What the guard would say of itself right now; each renewal takes it to the journal. */
export class GuardStatus {
  private readonly groups = new Map<GroupId, GuardRecord['enforced'][string]>();
  private proof: Pick<GuardRecord, 'armed' | 'armedBy'> = { armed: false, armedBy: 'nothing proven yet' };

  get armed(): Pick<GuardRecord, 'armed' | 'armedBy'> {
    return this.proof;
  }

  get enforced(): GuardRecord['enforced'] {
    return Object.fromEntries(this.groups);
  }

  proved(armed: boolean, armedBy: string): void {
    this.proof = { armed, armedBy };
  }

  /** `undefined`: none of the three, or nothing was ever read. */
  enforces(group: GroupId, what: GuardRecord['enforced'][string] | undefined): void {
    if (what) this.groups.set(group, what);
    else this.groups.delete(group);
  }

  /** What it enforced last is all that is known now. */
  losesSightOf(group: GroupId): void {
    const last = this.groups.get(group);
    if (last) this.groups.set(group, { ...last, by: 'unproven' });
  }
}
