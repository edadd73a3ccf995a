import { generateKeyPairSync } from 'node:crypto';
import { chain, GENESIS, layOut } from '#libs/audit';
import { AuditEntryWire, CheckpointWire, decodeOrThrow, type Keyring } from '#libs/contracts';
import { epoch, groupId, siteId, type AuditEntry, type Checkpoint, type Json, type SiteId } from '#libs/domain';
import { AuditHeadWire, InMemoryJournal, keys, Seat, type Journal } from '#libs/journal';
import { openInMemory, type InMemoryKafka } from '#libs/kafka';
import { InMemoryLog, ProcessReadiness } from '#libs/runtime';
import { AuditArchive } from '../../apps/orchestrator/src/audit/audit-archive.js';
import { AuditTopic } from '../../apps/orchestrator/src/audit/audit-topic.js';
import { ExportCursor } from '../../apps/orchestrator/src/audit/export-cursor.js';
import { Exporter } from '../../apps/orchestrator/src/audit/exporter.js';
import { Notary } from '../../apps/orchestrator/src/audit/notary.js';
import { SiteAudit } from '../../apps/orchestrator/src/audit/site-audit.js';
import { SiteChain } from '../../apps/orchestrator/src/audit/site-chain.js';
import { VirtualClock } from './virtual-clock.js';

export const SITES = ['a', 'b', 'w'].map(siteId);
export const [a, b, w] = SITES as [SiteId, SiteId, SiteId];
export const orders = groupId('orders');

const pairs = new Map(SITES.map((site) => [site, generateKeyPairSync('ed25519')]));
export const keyring: Keyring = new Map([...pairs].map(([site, { publicKey }]) => [`${site}-1`, { site, publicKey }]));
export const keyOf = (site: SiteId) => ({ keyId: `${site}-1`, privateKey: pairs.get(site)!.privateKey });

/** The audit's parts of three sites' orchestrators, on one journal and one clock. */
export class AuditBench {
  readonly clock = new VirtualClock();
  readonly readiness = new ProcessReadiness(new InMemoryLog(), this.clock);
  readonly archive: AuditArchive;

  constructor(readonly journal: Journal = new InMemoryJournal(new VirtualClock())) {
    this.archive = new AuditArchive(journal);
  }

  siteAudit(site: SiteId): SiteAudit {
    return new SiteAudit(new SiteChain(this.journal, site), this.clock, this.readiness);
  }

  /** `known`: the keys in its signalbox.yaml. */
  notary(site: SiteId, known: Keyring = keyring): Notary {
    const { journal, archive, clock, readiness } = this;
    const audit = this.siteAudit(site);
    return new Notary({ site, signingKey: keyOf(site), keyring: known }, { journal, archive, audit, clock, readiness });
  }

  exporter(name: string, kafka: InMemoryKafka): Exporter {
    const { journal, clock } = this;
    const target = {
      component: `audit export to cluster ${kafka.cluster}`,
      topic: new AuditTopic(openInMemory(kafka, 'signalbox').log),
      seat: new Seat(journal, clock, keys.auditExporter(kafka.cluster), name, 15_000),
      cursor: new ExportCursor(journal, kafka.cluster, name),
    };
    return new Exporter(target, this.archive, this.readiness);
  }

  /** As a leader records decisions. */
  async decide(count = 1, evidence: Json = null): Promise<void> {
    for (let times = 0; times < count; times++) {
      const [at] = (await this.journal.read(keys.auditHead(orders))).entries;
      const head = at ? decodeOrThrow(AuditHeadWire, at.value, at.key) : GENESIS;
      const laidOut = layOut(evidence);
      const entry = chain(head, { ...this.draft(`rule-${head.sequence + 1}`), evidence: laidOut.evidence });
      const { sequence, hash } = entry;
      for (const [index, text] of laidOut.chunks.entries()) {
        await this.put(keys.auditEvidenceChunk(orders, sequence, laidOut.reference!.sha256, index), text);
      }
      await this.put(keys.auditEntry(orders, sequence), JSON.stringify(entry));
      await this.put(keys.auditHead(orders), JSON.stringify({ sequence, hash }));
    }
  }

  /** As somebody who has the journal in their hands: all from `sequence` on is hashed anew. */
  async rewrite(sequence: number): Promise<void> {
    const entries = (await this.entries()).filter((entry) => entry.sequence >= sequence);
    let head = sequence > 1 ? (await this.entries())[sequence - 2]! : GENESIS;
    for (const entry of entries) {
      const forged: AuditEntry = chain(head, { ...this.draft('nothing-happened'), at: entry.at, evidence: null });
      await this.put(keys.auditEntry(orders, forged.sequence), JSON.stringify(forged));
      head = forged;
    }
    await this.put(keys.auditHead(orders), JSON.stringify({ sequence: head.sequence, hash: head.hash }));
  }

  /** As somebody who has the journal in their hands: nothing after `sequence` ever happened. */
  async cut(sequence: number): Promise<void> {
    const entries = await this.entries();
    const { hash } = entries[sequence - 1]!;
    for (const entry of entries.slice(sequence)) await this.remove(keys.auditEntry(orders, entry.sequence));
    await this.put(keys.auditHead(orders), JSON.stringify({ sequence, hash }));
  }

  async entries(): Promise<readonly AuditEntry[]> {
    const { entries } = await this.journal.read(keys.audit(orders));
    return entries.map(({ key, value }) => decodeOrThrow(AuditEntryWire, value, key));
  }

  async checkpoints(site?: SiteId): Promise<readonly Checkpoint[]> {
    const { entries } = await this.journal.read(keys.checkpoints());
    const all = entries.map(({ key, value }) => decodeOrThrow(CheckpointWire, value, key));
    return all.filter((each) => site === undefined || each.site === site);
  }

  /** Why something is missing on /readyz. */
  missing(component: string): string | undefined {
    const state = this.readiness.report().components[component];
    return state?.state === 'missing' ? state.reason : undefined;
  }

  async put(key: string, value: string): Promise<void> {
    await this.journal.commit({ conditions: [], changes: [{ kind: 'put', key, value }] });
  }

  async remove(key: string): Promise<void> {
    await this.journal.commit({ conditions: [], changes: [{ kind: 'delete', key }] });
  }

  private draft(rule: string) {
    return {
      group: orders,
      at: this.clock.now(),
      actor: { kind: 'process', id: 'orchestrator@b' } as const,
      rule,
      before: 'steady',
      after: 'steady',
      epoch: epoch(1),
    };
  }
}
