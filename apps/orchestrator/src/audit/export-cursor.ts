import { decodeOrThrow } from '#libs/contracts';
import { keys, type Journal, type Revision } from '#libs/journal';
import { z } from 'zod';

const sequences = z.record(z.string(), z.int().nonnegative());

/** How far one target has been given everything. */
const CursorWire = z.object({
  /** The last entry by chain. */
  chains: sequences,
  /** The last checkpoint by site. */
  checkpoints: sequences,
});
export type Cursor = Readonly<z.infer<typeof CursorWire>>;

/** A cursor as the journal has it; without a revision before the first time. */
export interface HeldCursor extends Cursor {
  readonly revision?: Revision;
}

/** One target's cursor in the journal. Only the process that exports to it moves it, and only from where it saw it. */
export class ExportCursor {
  private readonly key: string;
  private readonly seat: string;

  constructor(
    private readonly journal: Journal,
    target: string,
    /** What the exporter's key holds while this process exports. */
    private readonly name: string,
  ) {
    this.key = keys.auditExported(target);
    this.seat = keys.auditExporter(target);
  }

  /** @throws SignalboxError */
  async read(): Promise<HeldCursor> {
    const [entry] = (await this.journal.read(this.key)).entries;
    if (!entry) return { chains: {}, checkpoints: {} };
    return { ...decodeOrThrow(CursorWire, entry.value, this.key), revision: entry.revision };
  }

  /** Undefined when this process does not export any more, or somebody else moved it. @throws SignalboxError */
  async move(seen: HeldCursor, next: Cursor): Promise<HeldCursor | undefined> {
    const { key, seat } = this;
    const { chains, checkpoints } = next;
    const outcome = await this.journal.commit({
      conditions: [
        { kind: 'equals', key: seat, value: this.name },
        seen.revision === undefined ? { kind: 'absent', key } : { kind: 'unchanged', key, revision: seen.revision },
      ],
      changes: [{ kind: 'put', key, value: JSON.stringify({ chains, checkpoints }) }],
    });
    return outcome.committed ? { chains, checkpoints, revision: outcome.revision } : undefined;
  }
}
