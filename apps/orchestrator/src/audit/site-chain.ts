import { chain, GENESIS, type ChainHead, type SiteAuditDraft } from '#libs/audit';
import { decodeOrThrow } from '#libs/contracts';
import { OutcomeUnknownError, type ChainLink, type SiteId } from '#libs/domain';
import { AuditHeadWire, keys, type Change, type Condition, type Journal } from '#libs/journal';

/** The chain of a site, which every orchestrator of that site may extend. */
export class SiteChain {
  constructor(
    private readonly journal: Journal,
    private readonly site: SiteId,
  ) {}

  /** Appends all or nothing, once; false when somebody else appended meanwhile. @throws SignalboxError */
  async append(drafts: readonly Omit<SiteAuditDraft, 'site'>[]): Promise<boolean> {
    const key = keys.siteAuditHead(this.site);
    const [entry] = (await this.journal.read(key)).entries;
    const links: ChainLink[] = [];
    let head: ChainHead = entry ? decodeOrThrow(AuditHeadWire, entry.value, key) : GENESIS;
    for (const draft of drafts) {
      const link = chain(head, { ...draft, site: this.site });
      links.push(link);
      head = link;
    }
    const atItsEnd: Condition = entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key };
    const end = { sequence: head.sequence, hash: head.hash };
    const changes = links.map((link) => put(keys.siteAuditEntry(this.site, link.sequence), link));
    try {
      const outcome = await this.journal.commit({ conditions: [atItsEnd], changes: [...changes, put(key, end)] });
      return outcome.committed;
    } catch (error) {
      if (error instanceof OutcomeUnknownError) return this.holds(head);
      throw error;
    }
  }

  /** Read back: whether the entry that would be the last of ours is there. */
  private async holds({ sequence, hash }: ChainHead): Promise<boolean> {
    const [entry] = (await this.journal.read(keys.siteAuditEntry(this.site, sequence))).entries;
    return entry !== undefined && (JSON.parse(entry.value) as ChainHead).hash === hash;
  }
}

const put = (key: string, value: object): Change => ({ kind: 'put', key, value: JSON.stringify(value) });
