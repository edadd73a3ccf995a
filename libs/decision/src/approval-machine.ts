import type { Approval, ApprovalPhase } from '#libs/domain';
import { except, rowsOf, type Machine } from './machine.js';

type Input = keyof typeof INPUTS;

const PHASES: Readonly<Record<ApprovalPhase, string>> = {
  open: 'people are asked',
  approved: 'a person agreed; the leader looks at the facts once more before anything starts',
  denied: 'a person said no',
  superseded: 'facts changed: there is nothing to agree to any more',
  expired: 'nobody answered in time',
};

const INPUTS = {
  approve: 'a person who did not ask for it agrees, in time',
  deny: 'a person who did not ask for it says no, in time',
  'answer-own': 'whoever asked for it answers it',
  supersede: 'the group decided something else, or is rescued',
  expire: 'its time is over, and the leader sees that it is open',
} as const;

const ANSWERED = except(PHASES, 'open');

export const APPROVAL: Machine<ApprovalPhase, Input> = {
  name: 'approval',
  phases: PHASES,
  inputs: INPUTS,
  initial: 'open',
  settled: ANSWERED,
  rows: [
    { id: 'approval-approved', from: ['open'], on: ['approve'], to: 'approved' },
    { id: 'approval-denied', from: ['open'], on: ['deny'], to: 'denied' },
    { id: 'approval-refused', from: ['open'], on: ['answer-own'], to: 'same' },
    { id: 'approval-superseded', from: ['open'], on: ['supersede'], to: 'superseded' },
    { id: 'approval-expired', from: ['open'], on: ['expire'], to: 'expired' },
  ],
  ignored: [{ in: ANSWERED, on: Object.keys(INPUTS) as Input[], because: 'the first terminal answer wins, for good' }],
};

const rowAt = rowsOf(APPROVAL);

/** What becomes of an approval, and by which row; undefined where it has been answered already. Pure. */
export function approvalAfter(
  input: Input,
  { phase }: Pick<Approval, 'phase'>,
): { readonly phase: ApprovalPhase; readonly rule: string } | undefined {
  const row = rowAt(phase, input);
  return row && { phase: row.to === 'same' ? phase : row.to, rule: row.id };
}
