import type { GroupId } from '#libs/domain';
import type { FenceOrder, ListenerLook, ListenerSwitch } from './listener-switch.js';
import { Serial } from './serial.js';

/**
 * One listener serves all groups of a site: it is closed as soon as one group needs that, and opened again only when the
 * last one has said that its ACLs hold without it.
 */
export class ListenerFence {
  private readonly closedFor = new Map<GroupId, 'read back' | 'unsure'>();
  private readonly turn = new Serial();

  constructor(private readonly listener: ListenerSwitch) {}

  /** It was closed for the group and that was read back. */
  isClosedFor(group: GroupId): boolean {
    return this.closedFor.get(group) === 'read back';
  }

  /** Somebody has to open it for the group one day. */
  mayBeClosedFor(group: GroupId): boolean {
    return this.closedFor.has(group);
  }

  /** After a start: a listener that is found closed was closed for a reason, so every group has to prove its ACLs first. */
  async recover(groups: readonly GroupId[]): Promise<void> {
    const standing = await this.listener.standing();
    if (standing === 'open') return;
    for (const group of groups) this.closedFor.set(group, standing === 'closed' ? 'read back' : 'unsure');
  }

  /** Closes, also when it is closed already, and reads back. @throws FenceCommandError */
  close(order: FenceOrder): Promise<void> {
    const { group } = order;
    return this.turn.run(async () => {
      // Noted first: a command whose answer is lost may have closed it.
      this.closedFor.set(group, 'unsure');
      await this.listener.close(order);
      const look = await this.look();
      if (look.status !== 'closed' || look.answers) throw this.listener.unproven(look);
      this.closedFor.set(group, 'read back');
    });
  }

  /** The group does not need it any more. @throws FenceCommandError */
  release(order: FenceOrder): Promise<void> {
    const { group } = order;
    return this.turn.run(async () => {
      const others = [...this.closedFor.keys()].filter((other) => other !== group);
      if (others.length === 0) await this.listener.open(order);
      this.closedFor.delete(group);
    });
  }

  async look(): Promise<ListenerLook> {
    const [status, answers] = await Promise.all([this.listener.state(), this.listener.answers()]);
    return { status, answers };
  }
}
