import { verifyChain, GENESIS } from '#libs/audit';
import type { Invariant } from './invariant.js';

export const ofAudit = (): readonly Invariant[] => [entryForEveryChange, onlyTheLeader, chainHolds()];

/** What changed, and why, is one commit. */
const entryForEveryChange: Invariant = {
  name: 'change-is-audited',
  onMoment: ({ isStateChanged, runs, audit, atMs }) =>
    (isStateChanged || runs.length > 0) && audit.length === 0
      ? `the group or its run changed at ${Math.round(atMs)} ms without an entry`
      : undefined,
};

/** A process decides only while it leads; people do at any orchestrator. */
const onlyTheLeader: Invariant = {
  name: 'only-the-leader-decides',
  onMoment: ({ audit }, { facts: { leader } }) => {
    const process = leader?.split('#')[0];
    const other = audit.find(({ actor }) => actor.kind === 'process' && actor.id !== process);
    return other && `${other.actor.id} recorded ${other.rule} while ${leader ?? 'nobody'} led`;
  },
};

const chainHolds = (): Invariant => {
  let head = GENESIS;
  return {
    name: 'audit-chain-holds',
    onMoment: ({ audit }) => {
      if (audit.length === 0) return undefined;
      const verdict = verifyChain(audit, head);
      if (!verdict.ok) return `the chain breaks at ${verdict.sequence}: ${verdict.reason}`;
      head = verdict.head;
      return undefined;
    },
  };
};
