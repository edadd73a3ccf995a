import type { SiteId } from '#libs/domain';
import { journalMajority, type JournalPlace, type Topology } from '#libs/topology';

/** The same for a topology, as one warning or none. */
export function journalWarnings(topology: Topology, active: SiteId): { readonly warnings?: readonly string[] } {
  const most = journalMajority(topology);
  const problem = most && misplacedJournal(most, active);
  return problem ? { warnings: [`${problem.message}. ${problem.remedy}`] } : {};
}

/**
 * Why the journal is at the wrong one of two sites, and what to do; undefined while it is at the standby. Every move puts
 * it at the wrong one, and no run moves a member: that is three commands of etcd's own, and a line of signalbox.yaml.
 */
export function misplacedJournal(
  { site, here, of }: JournalPlace,
  active: SiteId,
): { readonly message: string; readonly remedy: string } | undefined {
  if (site !== active) return undefined;
  return {
    message: `${here} of ${of} journal members are at ${site}, which is active: losing it would take the journal along`,
    remedy:
      `Move one to the standby: etcdctl member list; etcdctl member remove <one at ${site}>; ` +
      'etcdctl member add <name> --peer-urls=<url>; then start it there and write it into signalbox.yaml (runbooks/two-sites.md).',
  };
}
