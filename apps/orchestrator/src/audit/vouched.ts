import { GENESIS, verifyChain } from '#libs/audit';
import type { ChainEnd, ChainName } from '#libs/domain';
import type { AuditArchive } from './audit-archive.js';

/** How far this site has followed each chain, link by link. What it signs goes no further. */
export class Vouched {
  private readonly ends = new Map<ChainName, ChainEnd>();

  constructor(private readonly archive: AuditArchive) {}

  /** Begins where this site's own last checkpoint ended. */
  trust(heads: Readonly<Partial<Record<ChainName, ChainEnd>>>): void {
    for (const [chain, end] of Object.entries(heads)) if (end) this.ends.set(chain as ChainName, end);
  }

  get heads(): Readonly<Partial<Record<ChainName, ChainEnd>>> {
    return Object.fromEntries(this.ends);
  }

  /** Follows a chain to where it is said to end. Why it does not get there, or `undefined`. @throws SignalboxError */
  async follow(chain: ChainName, end: ChainEnd): Promise<string | undefined> {
    let head = this.ends.get(chain) ?? GENESIS;
    if (end.sequence < head.sequence) return `it ends at entry ${end.sequence}, and there were ${head.sequence}`;
    while (head.sequence < end.sequence) {
      const entries = await this.archive.entries(chain, head.sequence + 1, end.sequence);
      if (entries[0]?.sequence !== head.sequence + 1) {
        const retired = await this.afterRetired(chain, head);
        if (!retired) return `entry ${head.sequence + 1} is missing`;
        head = retired;
        continue;
      }
      const verdict = verifyChain(entries, head);
      if (!verdict.ok) return `entry ${verdict.sequence}: ${verdict.reason}`;
      head = verdict.head;
      this.ends.set(chain, head);
    }
    return head.hash === end.hash ? undefined : `entry ${end.sequence} is not the one that was there before`;
  }

  /** Why an end that another site signed is none of the chain that was followed here. @throws SignalboxError */
  async problemWith(chain: ChainName, { sequence, hash }: ChainEnd): Promise<string | undefined> {
    const head = this.ends.get(chain) ?? GENESIS;
    if (sequence > head.sequence) return `it names entry ${sequence}, and only ${head.sequence} hold here`;
    if (sequence === head.sequence) return hash === head.hash ? undefined : `it names another entry ${sequence}`;
    const [entry] = await this.archive.entries(chain, sequence, sequence);
    if (!entry) return `it names entry ${sequence}, which is no longer kept`;
    const holds = entry.hash === hash && verifyChain([entry], { sequence: sequence - 1, hash: entry.previous }).ok;
    return holds ? undefined : `it names another entry ${sequence}`;
  }

  /** Old entries are taken away from the start on, so that the first that is kept is where a chain can be followed from. */
  private async afterRetired(chain: ChainName, { sequence }: ChainEnd): Promise<ChainEnd | undefined> {
    const [first] = await this.archive.whole(chain);
    if (!first || first.sequence <= sequence + 1) return undefined;
    return { sequence: first.sequence - 1, hash: first.previous };
  }
}
