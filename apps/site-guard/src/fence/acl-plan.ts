import type { Epoch, WriteAccess } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';
import { epochEntry, ownershipEntry, ruleText, stampedEpoch } from './acl-ledger.js';
import { obstaclesTo, rulesFor } from './acl-rules.js';
import { survey, type AclScope, type Survey } from './acl-survey.js';
import type { HeldAccess } from './held-access.js';

export interface AclReading {
  readonly value: HeldAccess;
  readonly epoch: Epoch;
  /** Equal exactly while nothing that is ours has changed. */
  readonly version: string;
}

export interface AclChange {
  /** FIRST, in one call: with these in force nobody can write who could not before. */
  readonly add: readonly AccessRule[];
  /** Then: what is ours and not wanted any more, each before its line in the ledger. */
  readonly remove: readonly AccessRule[];
}

/** Reads the value from the rules that are in force, whoever made them. Pure. */
export function readAccess(scope: AclScope, present: readonly AccessRule[]): AclReading {
  const seen = survey(scope, present);
  return {
    value: valueOf(scope, seen),
    epoch: stampedEpoch(scope.group, present),
    version: [...seen.ledger, ...seen.ours].map(ruleText).sort().join('\n'),
  };
}

/** What is to be added and removed so that `next` holds under `stamp`. `unset` keeps our rules and stamps. Pure. */
export function planAccess(scope: AclScope, next: HeldAccess, stamp: Epoch, present: readonly AccessRule[]): AclChange {
  const seen = survey(scope, present);
  const isThere = (rule: AccessRule): boolean => seen.texts.has(ruleText(rule));
  const rules = next === 'unset' ? seen.ours : rulesFor(scope, next, seen);
  const missing = rules.filter((rule) => !isThere(rule));
  const wanted = new Set(rules.map(ruleText));
  const kept = seen.ours.filter((rule) => wanted.has(ruleText(rule)));
  const ledger = [
    epochEntry(scope.group, stamp),
    ...[...kept, ...missing].map((rule) => ownershipEntry(scope.group, rule)),
  ];
  const lines = new Set(ledger.map(ruleText));
  return {
    add: [...ledger.filter((rule) => !isThere(rule)), ...missing],
    remove: [
      ...seen.ours.filter((rule) => !wanted.has(ruleText(rule))),
      ...seen.ledger.filter((rule) => !lines.has(ruleText(rule))),
    ],
  };
}

/** Why `access` cannot be had as long as these rules of others stand; empty when it can. */
export const obstacles = (scope: AclScope, access: WriteAccess, present: readonly AccessRule[]): readonly string[] =>
  obstaclesTo(scope, access, survey(scope, present)).map(ruleText);

function valueOf(scope: AclScope, seen: Survey): HeldAccess {
  const rules = (access: WriteAccess): ReadonlySet<string> => new Set(rulesFor(scope, access, seen).map(ruleText));
  const allThere = (wanted: ReadonlySet<string>): boolean => [...wanted].every((text) => seen.texts.has(text));
  // Denying more than needed denies no less: the fence stands before the rules it replaces are gone.
  if (allThere(rules('none'))) return 'none';
  const exact = (['inbound', 'clients'] as const).find((access) => {
    const wanted = rules(access);
    const nothingElse = seen.ours.every((rule) => wanted.has(ruleText(rule)));
    return allThere(wanted) && nothingElse && obstaclesTo(scope, access, seen).length === 0;
  });
  return exact ?? 'unset';
}
