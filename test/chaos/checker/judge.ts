import { ofAudit } from './judge-audit.js';
import { ofClosings } from './judge-closings.js';
import { ofClients, ofFences, ofResources } from './judge-resources.js';
import { brokenLinks, entriesOf, runsIn } from './audit.js';
import type { Facts } from './facts.js';

/** Everything that must never be, in words; empty when every invariant held. Pure. */
export const violationsIn = (facts: Facts): string[] => {
  const broken = brokenLinks(facts.auditFile).map((problem) => `audit chain: ${problem}`);
  // What cannot be trusted is not argued from.
  if (broken.length > 0) return broken;
  const entries = entriesOf(facts.auditFile);
  const runs = runsIn(entries);
  return [
    ...ofAudit(entries, runs),
    ...ofClosings(facts, runs),
    ...ofResources(facts, entries, runs),
    ...ofFences(facts),
    ...ofClients(facts),
  ];
};
