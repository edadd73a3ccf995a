import { verifyChain, GENESIS } from '#libs/audit';
import type { Invariant } from './invariant.js';

export const ofAudit = (): readonly Invariant[] => [entryForEveryChange, chainHolds()];

/** What changed, and why, is one commit. */
const entryForEveryChange: Invariant = {
  name: 'change-is-audited',
  onMoment: ({ isStateChanged, runs, audit, atMs }) =>
    (isStateChanged || runs.length > 0) && audit.length === 0
      ? `the group or its run changed at ${Math.round(atMs)} ms without an entry`
      : undefined,
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
