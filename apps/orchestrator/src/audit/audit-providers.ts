import { keyringOf } from '#libs/contracts';
import { Journal, keys, Seat } from '#libs/journal';
import type { KafkaCluster } from '#libs/kafka';
import { Clock, Random, Readiness } from '#libs/runtime';
import type { ThisProcess } from '../this-process.js';
import { EventFeed } from '../view/event-feed.js';
import { AuditArchive } from './audit-archive.js';
import { AuditExports } from './audit-exports.js';
import { AuditTopic } from './audit-topic.js';
import { ExportCursor } from './export-cursor.js';
import { ExportService } from './export.service.js';
import { Exporter } from './exporter.js';
import { Notary } from './notary.js';
import { NotaryService } from './notary.service.js';
import { SiteAudit } from './site-audit.js';
import { SiteChain } from './site-chain.js';

/** How often it is looked whether there is something to export. */
const EXPORT_EVERY_MS = 5_000;

/** A cluster that the audit is exported to, opened for nothing else. */
export interface AuditCluster {
  readonly id: string;
  readonly open: () => Pick<KafkaCluster, 'log' | 'close'>;
}

/** The site's own chain, what it signs, and what it exports. */
export const auditProviders = (self: ThisProcess, clusters: readonly AuditCluster[]) => [
  AuditExports,
  {
    provide: AuditArchive,
    inject: [Journal],
    useFactory: (journal: Journal) => new AuditArchive(journal),
  },
  {
    provide: SiteAudit,
    inject: [Journal, Clock, Readiness],
    useFactory: (journal: Journal, clock: Clock, readiness: Readiness) =>
      new SiteAudit(new SiteChain(journal, self.site), clock, readiness),
  },
  {
    provide: NotaryService,
    inject: [Journal, AuditArchive, SiteAudit, EventFeed, Clock, Readiness],
    useFactory: (
      journal: Journal,
      archive: AuditArchive,
      audit: SiteAudit,
      feed: EventFeed,
      clock: Clock,
      readiness: Readiness,
    ) => {
      const { site, signingKey, topology } = self;
      const notary = new Notary(
        { site, signingKey, keyring: keyringOf(topology) },
        { journal, archive, audit, clock, readiness },
      );
      return new NotaryService(notary, feed, clock, topology.policy.checkpointMs);
    },
  },
  {
    provide: ExportService,
    inject: [Journal, AuditArchive, Clock, Random, Readiness],
    useFactory: (journal: Journal, archive: AuditArchive, clock: Clock, random: Random, readiness: Readiness) => {
      const name = `${self.process}#${random.id()}`;
      const opened = clusters.map(({ id, open }) => ({ id, cluster: open() }));
      const exporters = opened.map(({ id, cluster }) => {
        const target = {
          component: `audit export to cluster ${id}`,
          topic: new AuditTopic(cluster.log),
          seat: new Seat(journal, clock, keys.auditExporter(id), name, self.topology.policy.leaderTtlMs),
          cursor: new ExportCursor(journal, id, name),
        };
        return new Exporter(target, archive, readiness);
      });
      const close = () => Promise.all(opened.map(({ cluster }) => cluster.close()));
      return new ExportService(exporters, close, clock, EXPORT_EVERY_MS);
    },
  },
];
