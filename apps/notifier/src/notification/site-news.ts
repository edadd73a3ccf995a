import type { Notification } from '#libs/contracts';
import { groupId, type SiteAuditEntry } from '#libs/domain';
import { z } from 'zod';

/** Stands in place of a group in what is about none. */
export const NO_GROUP = groupId('signalbox');

const Forged = z.object({ problem: z.string().catch('nobody knows what'), times: z.number().catch(1) });

/**
 * What people are told of an entry of a site's own chain: of most of them nothing, since whoever did it knows. Pure.
 * `before`: how many more there were that nobody was told of.
 */
export function newsOf({ site, sequence, at, rule, evidence }: SiteAuditEntry, before = 0): Notification | undefined {
  if (rule !== 'observation-forged') return undefined;
  const { problem, times } = Forged.catch(Forged.parse({})).parse(evidence);
  const seen = times + before;
  return {
    id: `sites/${site}/${sequence}`,
    group: NO_GROUP,
    at,
    rule,
    severity: 'critical',
    title: 'signalbox: somebody who is no site writes observations to Kafka',
    body: [
      `Seen at ${site}${seen > 1 ? `, ${seen} times` : ''}: ${problem.replace(/\s+/g, ' ').trim()}`,
      'Nothing follows from them: what no site signed is dropped. Find out who may write to signalbox.observations.',
    ],
    next: [`signalbox audit export --site ${site}`],
    about: { sites: [site] },
  };
}
