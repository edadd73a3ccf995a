import { AuditEntryWire, decode, type Notification } from '#libs/contracts';
import type { GroupId } from '#libs/domain';
import { AuditHeadWire, evidenceOf, keys, type Journal, type Revision } from '#libs/journal';
import type { Clock, Readiness } from '#libs/runtime';
import { notificationOf, unreadableNotification } from '../notification/notification-of.js';

/** As many as one read of the journal takes. */
const BATCH = 64;

/** The groups' audit chains as notifications. Reads only. */
export class AuditChains {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly readiness: Readiness,
    /** Groups in fence mode advisory. */
    private readonly splitBrainAcceptedBy: readonly GroupId[] = [],
  ) {}

  /** The last sequence of every chain that has one, and the revision they are of. @throws SignalboxError */
  async heads(): Promise<{ readonly revision: Revision; readonly sequences: ReadonlyMap<string, number> }> {
    const prefix = keys.auditHeads();
    const { revision, entries } = await this.journal.read(prefix);
    const sequences = new Map<string, number>();
    for (const { key, value } of entries) {
      const head = decode(AuditHeadWire, value, key);
      if (head.ok) sequences.set(key.slice(prefix.length), head.value.sequence);
      else this.readiness.missing(key, `${head.problem.message}; nothing of this group is told`);
    }
    return { revision, sequences };
  }

  /** From `first` on, at most to `last`; at least one. @throws SignalboxError */
  async read(group: GroupId, first: number, last: number): Promise<readonly Notification[]> {
    const sequences = Array.from({ length: Math.min(BATCH, last - first + 1) }, (_, index) => first + index);
    const { entries } = await this.journal.read(...sequences.map((sequence) => keys.auditEntry(group, sequence)));
    const texts = new Map(entries.map(({ key, value }) => [key, value]));
    const told: Notification[] = [];
    for (const sequence of sequences) {
      told.push(await this.tell(group, sequence, texts.get(keys.auditEntry(group, sequence))));
    }
    return told;
  }

  private async tell(group: GroupId, sequence: number, text: string | undefined): Promise<Notification> {
    const key = keys.auditEntry(group, sequence);
    if (text === undefined) return unreadableNotification(group, sequence, this.clock.now(), `${key} is gone`);
    const entry = decode(AuditEntryWire, text, key);
    return entry.ok
      ? notificationOf(
          { ...entry.value, evidence: await evidenceOf(this.journal, entry.value) },
          this.splitBrainAcceptedBy.includes(group),
        )
      : unreadableNotification(group, sequence, this.clock.now(), entry.problem.message);
  }
}
