import type { SiteId } from '#libs/domain';
import type { Topology } from './topology.js';

/** A site whose loss takes the journal with it. */
export interface JournalPlace {
  readonly site: SiteId;
  /** Its members, and all. */
  readonly here: number;
  readonly of: number;
}

/** The site that holds a majority of the journal's members, where the sites are two and nobody else could; else undefined. */
export function journalMajority({ sites, journal }: Topology): JournalPlace | undefined {
  if (sites.length !== 2) return undefined;
  const counts = sites.map(({ id }) => ({ site: id, here: journal.members[id]?.length ?? 0 }));
  const all = counts.reduce((sum, { here }) => sum + here, 0);
  const most = counts.find(({ here }) => all > 1 && here > all / 2);
  return most && { ...most, of: all };
}
