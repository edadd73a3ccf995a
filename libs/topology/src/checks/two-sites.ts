import type { Check } from './finding.js';

/**
 * Without a third site people are the third vote, and the journal lives in the two sites themselves: two of three members
 * at one of them. Which one is right follows the active site, so that `signalbox preflight` says it and not this check.
 */
const twoOfThreeMembers: Check = function* ({ sites, journal }) {
  if (sites.length !== 2) return;
  const counts = sites.map(({ id }) => journal.members[id]?.length ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  // One is for a trial on one machine.
  if (total === 1 || (total % 2 === 1 && counts.every((count) => count > 0))) return;
  const found = sites.map(({ id }, at) => `${counts[at]} at ${id}`).join(', ');
  const expected =
    'three members, two of them at the standby site: losing the active site must leave a journal to approve in';
  yield { at: ['journal', 'members'], found, expected };
};

/** The standby takes the majority of the journal with it, and a strict site without a journal fences itself. */
const notStrict: Check = function* ({ sites, groups }) {
  if (sites.length !== 2) return;
  for (const [at, { fenceMode }] of groups.entries()) {
    if (fenceMode !== 'strict') continue;
    const expected =
      'guarded, or a third site: losing the standby would take the journal, and the active site would fence itself';
    yield { at: ['groups', at, 'fenceMode'], found: `strict, with ${sites.length} sites and no witness`, expected };
  }
};

/** With three sites or more the place of a majority is `automatic`'s business. */
export const twoSiteChecks: readonly Check[] = [twoOfThreeMembers, notStrict];
