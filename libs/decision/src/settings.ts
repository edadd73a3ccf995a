import type { GroupId, SiteId } from '#libs/domain';
import type { Settings } from './decision.js';
import type { ApprovalPolicy, GroupShape } from './policy.js';
import {
  approvalRulesOf,
  clusterOf,
  findCluster,
  findGroup,
  flowsOf,
  policyOf,
  rolloutsOf,
  targetsOf,
  type Topology,
} from '#libs/topology';

/** What the core decides a group by, taken from the topology in force. */
export function settingsOf(topology: Topology, id: GroupId): Settings {
  const group = findGroup(topology, id);
  const siteOf = (cluster: (typeof topology.flows)[number]['source']): SiteId => findCluster(topology, cluster).site;
  return {
    policy: {
      ...policyOf(topology, group),
      mode: group.mode,
      fenceMode: group.fenceMode,
      approval: approvalPolicyOf(topology, group),
      salvageConflicts: group.salvage.conflicts,
    },
    shape: {
      group: group.id,
      home: group.home,
      sites: group.sites,
      soleClusterAt: group.sites.filter((site) => topology.clusters.filter((each) => each.site === site).length === 1),
      ...tierOf(topology, group),
      clusters: Object.fromEntries(group.sites.map((site) => [site, clusterOf(topology, group, site).id])),
      flows: flowsOf(topology, group).map((flow) => ({
        id: flow.id,
        from: siteOf(flow.source),
        to: siteOf(flow.target),
      })),
      names: group.traffic.map((traffic) => ({
        name: traffic.name,
        ttlSeconds: traffic.ttlSeconds,
        ...(traffic.plannedTtlSeconds !== undefined && { plannedTtlSeconds: traffic.plannedTtlSeconds }),
        targets: targetsOf(traffic),
      })),
      configs: group.configs.map(configOf),
      ...(group.consumers && { untranslatedGroups: group.consumers.untranslated }),
    },
  };
}

function configOf(config: Topology['groups'][number]['configs'][number]): GroupShape['configs'][number] {
  const { id, data } = config;
  const rolloutMs = rolloutsOf(config);
  return { id, data, ...(rolloutMs && { rolloutMs }) };
}

/** Without who may break the glass: that is nothing to decide by. */
function approvalPolicyOf(topology: Topology, group: Topology['groups'][number]): ApprovalPolicy {
  const { required, approvers, escalateAfterMs, onTimeout } = approvalRulesOf(topology, group);
  return { required, approvers, escalateAfterMs, onTimeout };
}

/** What the tiers of the groups that may have to leave the same site mean to this one; nothing while all are equal. */
function tierOf({ groups }: Topology, { tier: own, sites }: Topology['groups'][number]): Pick<GroupShape, 'tier'> {
  const tiers = groups.filter((other) => other.sites.some((site) => sites.includes(site))).map(({ tier }) => tier);
  const better = [...new Set(tiers.filter((tier) => tier < own))];
  const hasWorse = tiers.some((tier) => tier > own);
  return better.length > 0 || hasWorse ? { tier: { own, better, hasWorse } } : {};
}
