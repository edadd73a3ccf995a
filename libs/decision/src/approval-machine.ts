import { isPending, type Approval, type ApprovalPhase } from '#libs/domain';
import { rowsOf, type Machine } from './machine.js';

export type ApprovalInput = keyof typeof INPUTS;

const PHASES: Readonly<Record<ApprovalPhase, string>> = {
  pending: 'people are asked, and nobody has agreed yet',
  'partly-granted': 'some have agreed, and more have to',
  granted: 'people agreed; the leader looks at the facts once more before anything starts',
  denied: 'a person said no',
  expired: 'too few have answered in time',
  superseded: 'facts changed: there is nothing to agree to any more, and its reason says why',
  cancelled: 'whoever asked for it took it back',
};

const INPUTS = {
  grant: 'a person who may agrees, in time, and more have to',
  'last-grant': 'a person who may agrees, in time, and is the last who had to',
  'break-glass': 'one person decides for all, says why, and owes a review afterwards',
  deny: 'a person who may says no, in time',
  refuse: 'an answer does not count: by whoever asked for it, by nobody it asks, too late, or to another plan',
  escalate: 'nobody has decided yet, and it is time to tell more people',
  cancel: 'whoever asked for it takes it back',
  supersede: 'the facts it asks about have changed, the group decided something else, or is rescued',
  expire: 'its time is over, and the leader sees that it is open',
} as const;

const PENDING = ['pending', 'partly-granted'] as const;
const OVER = (Object.keys(PHASES) as ApprovalPhase[]).filter((phase) => !isPending({ phase }));

export const APPROVAL: Machine<ApprovalPhase, ApprovalInput> = {
  name: 'approval',
  phases: PHASES,
  inputs: INPUTS,
  initial: 'pending',
  settled: OVER,
  rows: [
    { id: 'approval-partly-granted', from: PENDING, on: ['grant'], to: 'partly-granted' },
    { id: 'approval-granted', from: PENDING, on: ['last-grant'], to: 'granted' },
    { id: 'approval-glass-broken', from: PENDING, on: ['break-glass'], to: 'granted' },
    { id: 'approval-denied', from: PENDING, on: ['deny'], to: 'denied' },
    { id: 'approval-refused', from: PENDING, on: ['refuse'], to: 'same' },
    { id: 'approval-escalated', from: PENDING, on: ['escalate'], to: 'same' },
    { id: 'approval-cancelled', from: PENDING, on: ['cancel'], to: 'cancelled' },
    { id: 'approval-superseded', from: PENDING, on: ['supersede'], to: 'superseded' },
    { id: 'approval-expired', from: PENDING, on: ['expire'], to: 'expired' },
  ],
  ignored: [
    { in: OVER, on: Object.keys(INPUTS) as ApprovalInput[], because: 'the first terminal answer wins, for good' },
  ],
};

const rowAt = rowsOf(APPROVAL);

/** What becomes of an approval, and by which row; undefined where it has been answered already. Pure. */
export function approvalAfter(
  input: ApprovalInput,
  { phase }: Pick<Approval, 'phase'>,
): { readonly phase: ApprovalPhase; readonly rule: string } | undefined {
  const row = rowAt(phase, input);
  return row && { phase: row.to === 'same' ? phase : row.to, rule: row.id };
}
