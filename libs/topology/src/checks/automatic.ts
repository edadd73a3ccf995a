import { policyOf } from '../lookup.js';
import type { Group, Topology } from '../topology.js';
import { listed, type Check, type Finding } from './finding.js';

type Rule = (topology: Topology, group: Group, at: number) => Iterable<Finding>;

/** What must hold before a group may act on its own. With two sites it never may, and that is all there is to say. */
const forAutomatic = (rule: Rule): Check =>
  function* (topology) {
    for (const [at, group] of topology.groups.entries())
      if (group.mode === 'automatic') yield* rule(topology, group, at);
  };

const aThirdSiteVotes = forAutomatic(function* ({ sites }, _group, at) {
  if (sites.length >= 3) return;
  const found = `automatic, with ${sites.length} sites and no witness`;
  const expected = 'approve, or add a site with witness: true; two sites cannot tell a lost site from a lost link';
  yield { at: ['groups', at, 'mode'], found, expected };
});

const aQuorumSurvives = forAutomatic(function* (topology, group, at) {
  if (topology.sites.length < 3) return;
  const { quorum } = policyOf(topology, group);
  const others = topology.sites.length - 1;
  const path = group.policy.quorum === undefined ? ['policy', 'quorum'] : ['groups', at, 'policy', 'quorum'];
  if (quorum < 2) yield { at: path, found: String(quorum), expected: 'at least 2: no site decides alone' };
  if (others >= 2 && quorum > others) {
    yield { at: path, found: String(quorum), expected: `at most ${others}: so many sites are left when one is lost` };
  }
});

const theJournalSurvives = forAutomatic(function* ({ journal, sites }, group) {
  if (sites.length < 3) return;
  const at = ['journal', 'members'];
  const members = Object.entries(journal.members).map(([site, addresses]) => ({ site, count: addresses.length }));
  const total = members.reduce((sum, { count }) => sum + count, 0);
  if (total < 3) {
    const expected = `at least 3 members in 3 sites, or mode: approve for group ${group.id}`;
    yield { at, found: `${total} at ${listed(members.map(({ site }) => site))}`, expected };
    return;
  }
  const majority = Math.floor(total / 2) + 1;
  for (const { site, count } of members) {
    if (total - count >= majority) continue;
    const expected = `members so that ${majority} of ${total} are left when ${site} is lost, or mode: approve for group ${group.id}`;
    yield { at: [...at, site], found: `${count} of ${total} members`, expected };
  }
});

/** The recovery path uses nothing of the failing site. */
const dnsSurvives = forAutomatic(function* (_topology, group, at) {
  for (const [index, { provider }] of group.traffic.entries()) {
    if (provider.kind !== 'rfc2136') continue;
    const writable = [provider.primarySite, ...provider.otherPrimaries.map(({ site }) => site)];
    if (writable.some((site) => !group.sites.includes(site))) continue;
    const found =
      writable.length === 1
        ? `${writable[0]}, a site of the group itself`
        : `${listed(writable)}, all sites of the group itself`;
    const expected =
      'a site outside the group, for example the witness: a primary must take updates when that site is lost';
    yield { at: ['groups', at, 'traffic', index, 'provider', 'primarySite'], found, expected };
  }
});

const somebodyCanApprove: Check = function* ({ groups, api }) {
  const grants = [...api.tokens, ...(api.oidc?.grants ?? [])].filter(({ role }) => APPROVERS.includes(role));
  for (const [at, { mode, id }] of groups.entries()) {
    if (mode !== 'approve' || grants.some((grant) => grant.groups?.includes(id) ?? true)) continue;
    const expected = `observe, or a token in api.tokens with role approver or admin: nobody could approve a run of ${id}`;
    yield { at: ['groups', at, 'mode'], found: 'approve', expected };
  }
};
const APPROVERS: readonly string[] = ['approver', 'admin'];

export const automaticChecks: readonly Check[] = [
  aThirdSiteVotes,
  aQuorumSurvives,
  theJournalSurvives,
  dnsSurvives,
  somebodyCanApprove,
];
