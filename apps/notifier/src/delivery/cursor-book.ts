import { decodeOrThrow } from '#libs/contracts';
import { keys, type Change, type Condition, type Journal } from '#libs/journal';
import { CursorWire, type Cursor, type HeldCursor, type LaneName } from './cursor.js';

/** The cursors in the journal. Only the notifier that leads moves them, and only from where it saw them. */
export class CursorBook {
  constructor(
    private readonly journal: Journal,
    /** What the leader key holds while this process leads. */
    private readonly leader: string,
  ) {}

  /** Asked right before each delivery: a process that was frozen may have been replaced. @throws SignalboxError */
  async leads(): Promise<boolean> {
    const { entries } = await this.journal.read(keys.notifierLeader());
    return entries[0]?.value === this.leader;
  }

  /** Undefined for a channel that has never been told of the group. @throws SignalboxError */
  async read({ channel, group }: LaneName): Promise<HeldCursor | undefined> {
    const key = keys.notified(channel, group);
    const [entry] = (await this.journal.read(key)).entries;
    return entry && { ...decodeOrThrow(CursorWire, entry.value, key), revision: entry.revision };
  }

  /** Undefined when this process does not lead any more, or somebody else moved the cursor. @throws SignalboxError */
  async move(
    { channel, group }: LaneName,
    seen: HeldCursor | undefined,
    { sequence, skipped }: Cursor,
  ): Promise<HeldCursor | undefined> {
    const key = keys.notified(channel, group);
    const next: Cursor = { sequence, ...(skipped && { skipped }) };
    const unchanged: Condition = seen ? { kind: 'unchanged', key, revision: seen.revision } : { kind: 'absent', key };
    const leads: Condition = { kind: 'equals', key: keys.notifierLeader(), value: this.leader };
    const put: Change = { kind: 'put', key, value: JSON.stringify(next) };
    const outcome = await this.journal.commit({ conditions: [leads, unchanged], changes: [put] });
    return outcome.committed ? { ...next, revision: outcome.revision } : undefined;
  }
}
