import { Injectable } from '@nestjs/common';
import { exportChain, exportSiteChain, lineOf, type Beside, type ExportOrigin } from '#libs/audit';
import { AuditEntryWire, CheckpointWire, decodeOrThrow, SiteAuditEntryWire } from '#libs/contracts';
import type { Checkpoint, GroupId, SiteId } from '#libs/domain';
import { Journal, keys, type Snapshot } from '#libs/journal';
import { Clock } from '#libs/runtime';
import { ThisProcess } from '../this-process.js';
import { AuditArchive } from './audit-archive.js';

/** Chains as text that is verified offline. What the sites signed of them goes along, and is of the same revision. */
@Injectable()
export class AuditExports {
  constructor(
    private readonly self: ThisProcess,
    private readonly journal: Journal,
    private readonly archive: AuditArchive,
    private readonly clock: Clock,
  ) {}

  /** @throws SignalboxError */
  async ofGroup(group: GroupId): Promise<string> {
    const prefix = keys.audit(group);
    const snapshot = await this.journal.read(prefix, keys.checkpoints());
    const entries = entriesUnder(prefix, snapshot).map(({ key, value }) => decodeOrThrow(AuditEntryWire, value, key));
    const beside: Beside[] = [];
    for (const entry of entries) beside.push(await this.archive.beside(entry));
    return exportChain(group, entries, this.origin(snapshot), beside.flat());
  }

  /** @throws SignalboxError */
  async ofSite(site: SiteId): Promise<string> {
    const prefix = keys.siteAudit(site);
    const snapshot = await this.journal.read(prefix, keys.checkpoints());
    const entries = entriesUnder(prefix, snapshot).map(({ key, value }) =>
      decodeOrThrow(SiteAuditEntryWire, value, key),
    );
    return exportSiteChain(site, entries, this.origin(snapshot));
  }

  /** All that are kept, of every site. @throws SignalboxError */
  async checkpoints(): Promise<string> {
    return checkpointsIn(await this.journal.read(keys.checkpoints()))
      .map(lineOf)
      .join('');
  }

  private origin(snapshot: Snapshot): ExportOrigin {
    const { site, topologyHash, signingKey } = this.self;
    return {
      exportedAt: this.clock.now(),
      exportedBy: site,
      topologyHash,
      key: signingKey,
      revision: snapshot.revision,
      checkpoints: latest(checkpointsIn(snapshot)),
    };
  }
}

const entriesUnder = (prefix: string, { entries }: Snapshot) => entries.filter(({ key }) => key.startsWith(prefix));

const checkpointsIn = (snapshot: Snapshot): readonly Checkpoint[] =>
  entriesUnder(keys.checkpoints(), snapshot).map(({ key, value }) => decodeOrThrow(CheckpointWire, value, key));

/** Of each site the last one and the last one that others signed: they bind everything before them. */
function latest(checkpoints: readonly Checkpoint[]): readonly Checkpoint[] {
  const bySite = Map.groupBy(checkpoints, ({ site }) => site);
  return [...bySite.values()].flatMap((ofSite) => {
    const last = ofSite.at(-1);
    const lastWitnessed = ofSite.findLast(({ witnesses }) => witnesses.length > 0);
    return [...new Set([lastWitnessed, last])].filter((each) => each !== undefined);
  });
}
