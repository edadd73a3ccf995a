import { epoch, NEVER_STAMPED, type Epoch, type GroupId } from '#libs/domain';
import type { AccessRule } from '#libs/kafka';

/**
 * An ACL has no room for a note, so what the guard must remember stands in ACLs of its own: on a topic that never
 * exists, for principals that never log in. `kafka-acls --list --topic signalbox.epoch.<group>` reads as a ledger: the
 * epoch, and one line per rule that is ours. A rule without its line is somebody else's and is never touched, even when
 * it is the very rule we would have made.
 */
export const ledgerTopic = (group: GroupId): string => `signalbox.epoch.${group}`;

const EPOCH = /^User:signalbox-epoch-(\d+)$/;

const entry = (group: GroupId, principal: string): AccessRule => ({
  permission: 'deny',
  principal,
  operation: 'describe',
  topic: ledgerTopic(group),
  match: 'literal',
  host: '*',
});

export const epochEntry = (group: GroupId, stamped: Epoch): AccessRule =>
  entry(group, `User:signalbox-epoch-${stamped}`);

export const ownershipEntry = (group: GroupId, rule: AccessRule): AccessRule =>
  entry(group, `User:signalbox-made ${ruleText(rule)}`);

export const isLedgerEntry = (group: GroupId, rule: AccessRule): boolean => rule.topic === ledgerTopic(group);

/** The highest: a crash between adding one and removing the other leaves two. */
export function stampedEpoch(group: GroupId, present: readonly AccessRule[]): Epoch {
  const epochs = present
    .filter((rule) => isLedgerEntry(group, rule))
    .map((rule) => Number(EPOCH.exec(rule.principal)?.[1] ?? NEVER_STAMPED));
  return epoch(Math.max(NEVER_STAMPED, ...epochs));
}

/** One rule in one line; equal rules give equal lines. */
export const ruleText = (rule: AccessRule): string =>
  `${rule.permission} ${rule.operation} on ${rule.match} ${rule.topic} to ${rule.principal} from ${rule.host}`;
