import type { Notification } from '#libs/contracts';
import type { Instant } from '#libs/domain';
import type { Clock, Log } from '#libs/runtime';
import type { AuditChains } from './audit-chains.js';
import type { CursorBook } from './cursor-book.js';
import type { Cursor, HeldCursor, LaneName } from './cursor.js';
import { isOpen, type QuestionBook } from '../notification/question.js';
import { isFor, type Route } from './route.js';
import { alsoSkipped, summaryOf, type Waiting } from './skipped.js';

const HOUR_MS = 3_600_000;

/** What waits longer, or behind more than this, is skipped and told in a summary: nobody reads a flood of old pages. */
export const WAITS_AT_MOST = { count: 1_000, ms: 24 * HOUR_MS };

export interface LanePorts {
  readonly chains: AuditChains;
  readonly cursors: CursorBook;
  readonly questions: QuestionBook;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One group's chain on its way into one channel, in order. All that must survive is the cursor in the journal; what is
 * held here besides is only read ahead, and dropped whenever the journal may say otherwise.
 */
export class Lane {
  private cursor: HeldCursor | undefined;
  private readUpTo = 0;
  private waiting: Waiting[] = [];

  constructor(
    private readonly name: LaneName,
    private readonly route: Route,
    private readonly ports: LanePorts,
    private readonly waitsAtMost = WAITS_AT_MOST,
  ) {}

  get isDue(): boolean {
    return this.cursor?.skipped !== undefined || this.isTime;
  }

  private get isTime(): boolean {
    const [first] = this.waiting;
    const { afterMs } = this.route;
    return first !== undefined && (afterMs === undefined || first.at + afterMs <= this.ports.clock.now());
  }

  /** When each of those that wait was decided, oldest first. */
  get waitingSince(): readonly Instant[] {
    return this.waiting.map(({ at }) => at);
  }

  /** Catches up with a chain that ends at `ends`, by its sequences. @throws SignalboxError */
  async lookAhead(ends: ReadonlyMap<string, number>): Promise<void> {
    const end = ends.get(this.name.group) ?? 0;
    if (!(await this.open(end))) return;
    while (this.readUpTo < end) {
      const read = await this.ports.chains.read(this.name.group, this.readUpTo + 1, end);
      const numbered = read.map((notification, index) => ({ notification, sequence: this.readUpTo + 1 + index }));
      const wanted = numbered.filter(({ notification }) => isFor(this.route, notification));
      this.waiting.push(...wanted.map(({ notification: { severity, at }, sequence }) => ({ severity, at, sequence })));
      this.readUpTo += read.length;
    }
    await this.skipWhatWaitsTooLong();
    if (this.waiting.length === 0) await this.passOver();
  }

  /** What is due. The same until it was delivered or given up. @throws SignalboxError */
  async next(): Promise<Notification | undefined> {
    if (this.cursor?.skipped) return summaryOf(this.name.group, this.cursor.skipped);
    while (this.isTime) {
      const sequence = this.waiting[0]?.sequence ?? this.readUpTo;
      const [notification] = await this.ports.chains.read(this.name.group, sequence, sequence);
      if (notification && !(await this.isMoot(notification))) return notification;
      await this.delivered();
    }
    return undefined;
  }

  /** Nobody is called for help with what was decided meanwhile. */
  private async isMoot({ about: { approval } }: Notification): Promise<boolean> {
    if (this.route.afterMs === undefined || approval === undefined) return false;
    const question = await this.ports.questions.find(approval);
    return !question || !isOpen(question, this.ports.clock.now());
  }

  /** @throws SignalboxError when that cannot be recorded now: it will be delivered again. */
  async delivered(): Promise<void> {
    if (this.cursor?.skipped) await this.move({ sequence: this.cursor.sequence });
    else if (await this.move({ sequence: this.waiting[0]?.sequence ?? this.readUpTo })) this.waiting.shift();
  }

  /** A summary is never given up: it is what says that something was. @throws SignalboxError */
  async giveUp(reason: string): Promise<void> {
    if (!this.cursor?.skipped) await this.skip(1, reason);
  }

  /** False while the cursor is not ours to move. */
  private async open(end: number): Promise<boolean> {
    if (this.cursor) return true;
    this.cursor = await this.ports.cursors.read(this.name);
    if (!this.cursor) return this.startAt(end, 'is new and is told from now on');
    if (this.cursor.sequence > end)
      return this.startAt(0, 'is told from the start of an audit chain that was begun anew');
    this.readUpTo = this.cursor.sequence;
    return true;
  }

  private async startAt(sequence: number, because: string): Promise<boolean> {
    if (!(await this.move({ sequence }))) return false;
    this.readUpTo = sequence;
    const { group, channel } = this.name;
    this.ports.log.info({ channel, group, sequence }, `Channel ${channel} of ${group} ${because}`);
    return true;
  }

  private async skipWhatWaitsTooLong(): Promise<void> {
    const oldest = this.ports.clock.now() - this.waitsAtMost.ms;
    const tooOld = this.waiting.filter(({ at }) => at < oldest).length;
    const tooMany = this.waiting.length - this.waitsAtMost.count;
    if (tooOld > 0 && tooOld >= tooMany)
      await this.skip(tooOld, `they had waited for ${this.waitsAtMost.ms / HOUR_MS} h`);
    else if (tooMany > 0) await this.skip(tooMany, `more than ${this.waitsAtMost.count} were waiting`);
  }

  /** What this channel does not want to know is behind it as well: the next leader need not read it again. */
  private async passOver(): Promise<void> {
    if (this.cursor && this.cursor.sequence < this.readUpTo) {
      await this.move({ ...this.cursor, sequence: this.readUpTo });
    }
  }

  private async skip(count: number, reason: string): Promise<void> {
    const gone = this.waiting.slice(0, count);
    const last = gone.at(-1);
    if (!last) return;
    const skipped = alsoSkipped(this.cursor?.skipped, gone, reason);
    if (!(await this.move({ sequence: last.sequence, skipped }))) return;
    this.waiting = this.waiting.slice(count);
    const { channel, group } = this.name;
    const range = gone.length === 1 ? `${last.sequence}` : `${gone[0]?.sequence} to ${last.sequence}`;
    this.ports.log.warn(
      { channel, group, skipped },
      `Channel ${channel} was not told of ${group}, ${range}: ${reason}`,
    );
  }

  /** Whatever keeps the cursor from moving, the journal knows better where it is. */
  private async move(next: Cursor): Promise<boolean> {
    const seen = this.cursor;
    const waiting = this.waiting;
    this.forget();
    const moved = await this.ports.cursors.move(this.name, seen, next);
    if (!moved) return false;
    this.cursor = moved;
    this.waiting = waiting;
    return true;
  }

  private forget(): void {
    this.cursor = undefined;
    this.waiting = [];
  }
}
