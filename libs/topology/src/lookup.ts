import { invariant, type ClusterId, type FlowId, type GroupId, type SiteId } from '#libs/domain';
import type { ApprovalRules } from './approval.js';
import type { Policy } from './policy.js';
import { coversAll } from './topics.js';
import type { Cluster, Flow, Group, Site, Topology } from './topology.js';

/** Finds what the check has proven to be there: an unknown id is a bug of ours. */
const known = <T extends { readonly id: string }>(all: readonly T[], kind: string, id: T['id']): T => {
  const match = all.find((each) => each.id === id);
  invariant(match, `There is no ${kind} ${id} in this topology.`);
  return match;
};

export const findSite = (topology: Topology, id: SiteId): Site => known(topology.sites, 'site', id);
export const findCluster = (topology: Topology, id: ClusterId): Cluster => known(topology.clusters, 'cluster', id);
export const findFlow = (topology: Topology, id: FlowId): Flow => known(topology.flows, 'flow', id);
export const findGroup = (topology: Topology, id: GroupId): Group => known(topology.groups, 'group', id);

/** Flows between two sites of the group that carry all of its topics, in any direction. */
export const flowsOf = (topology: Topology, group: Group): readonly Flow[] =>
  topology.flows.filter((flow) => {
    const [source, target] = [siteOfCluster(topology, flow.source), siteOfCluster(topology, flow.target)];
    const inside = source !== undefined && target !== undefined && source !== target;
    return (
      inside && [source, target].every((site) => group.sites.includes(site)) && coversAll(flow.topics, group.topics)
    );
  });

const siteOfCluster = (topology: Topology, id: ClusterId): SiteId | undefined =>
  topology.clusters.find((cluster) => cluster.id === id)?.site;

/** The group's clusters at a site: those its flows start or end at, else all of the site. The check demands exactly one. */
export function clustersAt(topology: Topology, group: Group, site: SiteId): readonly Cluster[] {
  const here = topology.clusters.filter((cluster) => cluster.site === site);
  const ends = flowsOf(topology, group).flatMap((flow) => [flow.source, flow.target]);
  const used = here.filter((cluster) => ends.includes(cluster.id));
  return used.length > 0 ? used : here;
}

export function clusterOf(topology: Topology, group: Group, site: SiteId): Cluster {
  const [cluster] = clustersAt(topology, group, site);
  invariant(cluster, `Group ${group.id} has no cluster at site ${site}.`);
  return cluster;
}

/** The flow that brings the group's topics from `from` to `to`. */
export const flowBetween = (topology: Topology, group: Group, from: SiteId, to: SiteId): Flow | undefined =>
  flowsOf(topology, group).find(
    (flow) => siteOfCluster(topology, flow.source) === from && siteOfCluster(topology, flow.target) === to,
  );

/** The flow into `site` from the group's active site: what runs while `site` is passive, and is denied once it is active. */
export const inboundFlow = (topology: Topology, group: Group, site: SiteId, from = otherSite(group, site)) =>
  flowBetween(topology, group, from, site);

/** Where an active-passive group of two sites moves to, or came from. */
export function otherSite(group: Group, site: SiteId): SiteId {
  const others = group.sites.filter((each) => each !== site);
  const other = others.find((each) => each === group.home) ?? others[0];
  invariant(other, `Group ${group.id} has no site besides ${site}.`);
  return other;
}

/** Defaults, then the document's policy, then the group's own. */
export const policyOf = (topology: Topology, group: Group): Policy => ({ ...topology.policy, ...group.policy });

/** Defaults, then the document's rules, then the group's own. */
export const approvalRulesOf = ({ approval }: Topology, group: Group): ApprovalRules => {
  const { required, approvers, escalateAfterMs, onTimeout, breakGlass } = approval;
  return { required, approvers, escalateAfterMs, onTimeout, breakGlass, ...group.approval };
};

/** Everybody who may answer where these groups of people are asked: without any, whoever has a token that may approve. */
export const membersOf = ({ approval, api }: Topology, groups: readonly string[]): readonly string[] => {
  const ofTokens = api.tokens.filter(({ role }) => role === 'approver' || role === 'admin').map(({ name }) => name);
  const people = groups.length === 0 ? ofTokens : groups.flatMap((group) => approval.groups[group] ?? []);
  return [...new Set(people)];
};

/** The groups of people that somebody belongs to. */
export const groupsOfPerson = ({ approval }: Topology, name: string): readonly string[] =>
  Object.keys(approval.groups).filter((group) => approval.groups[group]?.includes(name));

/** etcd addresses, those of `site` first and those over other paths last. */
export const journalEndpoints = ({ journal }: Topology, site?: SiteId): readonly string[] => {
  const ownFirst = (members: Topology['journal']['members']) =>
    Object.entries(members)
      .toSorted(([one], [other]) => Number(other === site) - Number(one === site))
      .flatMap(([, addresses]) => addresses);
  return [...ownFirst(journal.members), ...ownFirst(journal.otherWays)];
};

/** Splits `host:port`; an IPv6 host loses its brackets. */
export function hostAndPort(endpoint: string): { readonly host: string; readonly port: number } {
  const colon = endpoint.lastIndexOf(':');
  return { host: endpoint.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(endpoint.slice(colon + 1)) };
}
