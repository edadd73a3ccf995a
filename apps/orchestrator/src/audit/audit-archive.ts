import { referenceIn, type AnyEntry, type Beside } from '#libs/audit';
import { AuditEntryWire, CheckpointWire, decodeOrThrow, SiteAuditEntryWire } from '#libs/contracts';
import type { ChainEnd, ChainName, Checkpoint } from '#libs/domain';
import { AuditHeadWire, evidenceChunks, keys, type Entry, type Journal, type Revision } from '#libs/journal';

/** As many as one read of the journal takes. */
const BATCH = 64;

export interface HeldCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly entry: Entry;
}

/** Where everything ended at one revision. */
export interface Ends {
  readonly revision: Revision;
  readonly heads: ReadonlyMap<ChainName, ChainEnd>;
  /** By site, and oldest first. */
  readonly checkpoints: readonly HeldCheckpoint[];
}

/** All chains of the audit, and what was signed of them. Reads only. */
export class AuditArchive {
  constructor(private readonly journal: Journal) {}

  /** @throws SignalboxError */
  async ends(): Promise<Ends> {
    const { revision, entries } = await this.journal.read(keys.auditHeads(), keys.siteAuditHeads(), keys.checkpoints());
    const heads = new Map<ChainName, ChainEnd>();
    const checkpoints: HeldCheckpoint[] = [];
    for (const entry of entries) {
      const { key, value } = entry;
      if (key.startsWith(keys.checkpoints())) {
        checkpoints.push({ checkpoint: decodeOrThrow(CheckpointWire, value, key), entry });
      } else heads.set(chainOfHead(key), decodeOrThrow(AuditHeadWire, value, key));
    }
    return { revision, heads, checkpoints };
  }

  /** Those that are there from `first` on, at most to `last` and as many as one read takes. @throws SignalboxError */
  async entries(chain: ChainName, first: number, last: number): Promise<readonly AnyEntry[]> {
    const count = Math.min(BATCH, last - first + 1);
    const names = Array.from({ length: count }, (_, index) => keys.chainEntry(chain, first + index));
    const { entries } = await this.journal.read(...names);
    return entries.map(decodeEntry(chain));
  }

  /** All that is kept of a chain. @throws SignalboxError */
  async whole(chain: ChainName): Promise<readonly AnyEntry[]> {
    return (await this.journal.read(keys.chain(chain))).entries.map(decodeEntry(chain));
  }

  /** What lies beside the chain for this entry. @throws SignalboxError */
  async beside(entry: AnyEntry): Promise<Beside> {
    const reference = referenceIn(entry.evidence);
    if (!reference || !('group' in entry)) return [];
    const { sha256 } = reference;
    return (await evidenceChunks(this.journal, entry)).map((text, chunk) => ({ sha256, chunk, text }));
  }

  /** The first entry from `first` on that is still there; the one after `last` when none is. @throws SignalboxError */
  async firstKept(chain: ChainName, first: number, last: number): Promise<number> {
    const kept = (await this.whole(chain)).find(({ sequence }) => sequence >= first);
    return Math.min(kept?.sequence ?? last + 1, last + 1);
  }
}

const decodeEntry =
  (chain: ChainName) =>
  ({ key, value }: Entry): AnyEntry =>
    chain.startsWith('groups/')
      ? decodeOrThrow(AuditEntryWire, value, key)
      : decodeOrThrow(SiteAuditEntryWire, value, key);

const chainOfHead = (key: string): ChainName =>
  key.startsWith(keys.auditHeads())
    ? `groups/${key.slice(keys.auditHeads().length)}`
    : `sites/${key.slice(keys.siteAuditHeads().length)}`;
