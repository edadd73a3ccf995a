import { clustersAt } from '../lookup.js';
import { overlapOf } from '../topics.js';
import { listed, type Check } from './finding.js';

const homeIsAMember: Check = function* ({ groups }) {
  for (const [at, { home, sites }] of groups.entries()) {
    if (sites.includes(home)) continue;
    yield { at: ['groups', at, 'home'], found: home, expected: `one of the group's sites: ${listed(sites)}` };
  }
};

const sitesDiffer: Check = function* ({ groups }) {
  for (const [at, { sites }] of groups.entries()) {
    if (new Set(sites).size === sites.length) continue;
    yield { at: ['groups', at, 'sites'], found: listed(sites), expected: 'two different sites' };
  }
};

const oneClusterPerSite: Check = function* (topology) {
  for (const [at, group] of topology.groups.entries()) {
    for (const [index, site] of group.sites.entries()) {
      const clusters = clustersAt(topology, group, site);
      if (clusters.length === 1) continue;
      const found = `${site}, where the group has ${clusters.length === 0 ? 'no cluster' : listed(clusters.map(({ id }) => id))}`;
      const expected =
        clusters.length === 0
          ? 'a site with a cluster'
          : 'flows that join exactly one cluster per site for the topics of the group';
      yield { at: ['groups', at, 'sites', index], found, expected };
    }
  }
};

/** A topic with two epochs has no fence. */
const topicsBelongToOneGroup: Check = function* (topology) {
  const { groups } = topology;
  for (const [at, group] of groups.entries()) {
    for (const earlier of groups.slice(0, at)) {
      const shared = group.sites.some((site) =>
        clustersAt(topology, group, site).some((cluster) => clustersAt(topology, earlier, site).includes(cluster)),
      );
      const topic = overlapOf(group.topics, earlier.topics);
      if (!shared || topic === undefined) continue;
      const found = `${topic}, which is also in group ${earlier.id}`;
      yield { at: ['groups', at, 'topics'], found, expected: 'every topic in one group only: its epoch is the fence' };
    }
  }
};

const splitBrainIsAccepted: Check = function* ({ groups }) {
  for (const [at, { fenceMode, acceptSplitBrain }] of groups.entries()) {
    if (fenceMode !== 'advisory' || acceptSplitBrain) continue;
    const expected = 'strict or guarded; or acceptSplitBrain: true, when both sites may take writes at once';
    yield { at: ['groups', at, 'fenceMode'], found: 'advisory', expected };
  }
};

export const groupChecks: readonly Check[] = [
  homeIsAMember,
  sitesDiffer,
  oneClusterPerSite,
  topicsBelongToOneGroup,
  splitBrainIsAccepted,
];
