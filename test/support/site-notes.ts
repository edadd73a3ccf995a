import { decodeOrThrow, SiteAuditEntryWire } from '#libs/contracts';
import type { SiteAuditEntry, SiteRule } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import { w, type Stage } from './group-stage.js';

/** What the own chain of the desk's site says, of one rule or of all; what waits to be written is written before. */
export async function siteNotes(stage: Stage<Journal>, only?: SiteRule): Promise<readonly SiteAuditEntry[]> {
  await stage.clock.advance(0);
  const { entries } = await stage.journal.read(keys.siteAudit(w));
  const all = entries.map(({ key, value }) => decodeOrThrow(SiteAuditEntryWire, value, key));
  return all.filter(({ rule }) => only === undefined || rule === only);
}
