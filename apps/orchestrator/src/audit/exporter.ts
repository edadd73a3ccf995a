import { evidenceLine, lineOf } from '#libs/audit';
import { SignalboxError, type ChainName } from '#libs/domain';
import type { Seat } from '#libs/journal';
import type { Readiness } from '#libs/runtime';
import type { AuditArchive, Ends } from './audit-archive.js';
import type { AuditTopic } from './audit-topic.js';
import type { ExportCursor, HeldCursor } from './export-cursor.js';

export interface ExportTarget {
  /** As it is called on /readyz: `audit export to cluster a`. */
  readonly component: string;
  readonly topic: AuditTopic;
  readonly seat: Seat;
  readonly cursor: ExportCursor;
}

/** Somebody else exports now: what was read of the cursor means nothing any more. */
class SeatLost extends Error {}

/**
 * Gives one cluster every entry of every chain, with its evidence, and the checkpoints that others have signed: at least
 * once, in the order of each chain, and entries before the checkpoints that name them. Resumes where the journal says.
 */
export class Exporter {
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly target: ExportTarget,
    private readonly archive: AuditArchive,
    private readonly readiness: Readiness,
  ) {}

  /** Everything that has not been exported yet, if it is this process that exports. Never throws for what a target may do. */
  catchUp(): Promise<void> {
    return (this.turn = this.catchUpOnce());
  }

  /** After what is under way. */
  async stop(): Promise<void> {
    await this.turn;
    await this.target.seat.resign();
  }

  private async catchUpOnce(): Promise<void> {
    const { component, seat } = this.target;
    try {
      if (!(await seat.hold())) return this.readiness.forget(component);
      await this.export(await this.archive.ends());
      this.readiness.ready(component);
    } catch (error) {
      if (error instanceof SeatLost) return;
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(component, `No ${component}: ${error.message}`);
    }
  }

  private async export(ends: Ends): Promise<void> {
    let cursor = await this.target.cursor.read();
    for (const [chain, { sequence }] of ends.heads) cursor = await this.exportChain(chain, sequence, cursor);
    await this.exportCheckpoints(ends, cursor);
  }

  private async exportChain(chain: ChainName, end: number, from: HeldCursor): Promise<HeldCursor> {
    let cursor = from;
    for (let done = Math.min(cursor.chains[chain] ?? 0, end); done < end;) {
      const entries = await this.archive.entries(chain, done + 1, end);
      const lines: string[] = [];
      for (const entry of entries) {
        lines.push(...(await this.archive.beside(entry)).map(evidenceLine), lineOf(entry));
      }
      await this.target.topic.append(chain, lines);
      // Where nothing is left of so many, they were retired before anybody could export them.
      done = entries.at(-1)?.sequence ?? (await this.archive.firstKept(chain, done + 1, end)) - 1;
      cursor = await this.move(cursor, { ...cursor, chains: { ...cursor.chains, [chain]: done } });
    }
    return cursor;
  }

  private async exportCheckpoints({ checkpoints }: Ends, from: HeldCursor): Promise<void> {
    let cursor = from;
    for (const { checkpoint } of checkpoints) {
      const { site, sequence, witnesses } = checkpoint;
      const isLatest = !checkpoints.some(
        (each) => each.checkpoint.site === site && each.checkpoint.sequence > sequence,
      );
      if (sequence <= (cursor.checkpoints[site] ?? 0)) continue;
      // The latest is signed by others soon; one that still is not when the next is there goes as it is.
      if (isLatest && witnesses.length === 0) continue;
      await this.target.topic.append(`checkpoints/${site}`, [lineOf(checkpoint)]);
      cursor = await this.move(cursor, { ...cursor, checkpoints: { ...cursor.checkpoints, [site]: sequence } });
    }
  }

  private async move(seen: HeldCursor, next: HeldCursor): Promise<HeldCursor> {
    const moved = await this.target.cursor.move(seen, next);
    if (!moved) throw new SeatLost();
    return moved;
  }
}
