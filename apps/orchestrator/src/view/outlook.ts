import { missingRounds, recoveryInWords, recoveryOf, verdictOf, type GroupState } from '#libs/decision';
import { isPending } from '#libs/domain';
import { commands } from '../operation/commands.js';
import { returningOutlook } from './outlook-returning.js';
import { runOutlook } from './outlook-run.js';
import { whenText, type Outlook, type Prospect } from './prospect.js';

/** Fits the phase. Pure. */
export function outlookOf(prospect: Prospect): Outlook {
  const { state, hold } = prospect;
  if (hold !== undefined) return onHold(state, hold);
  switch (state.phase) {
    case 'steady':
      return steady(prospect);
    case 'suspecting':
      return { waitsFor: [], next: unfencedFirst(prospect) };
    case 'observed': {
      const waitsFor = [`mode is observe: a failover to ${state.target} was decided, and nothing is touched`];
      return { waitsFor, next: [commands.plan(state.group)] };
    }
    case 'declined': {
      const waitsFor = [`approval ${state.approval} was denied: nothing happens by itself until the cluster is back`];
      return { waitsFor, next: unfencedFirst(prospect) };
    }
    case 'awaiting-approval':
      return awaiting(prospect, state);
    case 'running':
      return runOutlook(prospect);
  }
}

function onHold({ group, active }: GroupState, why: string): Outlook {
  const waitsFor = [`it is on hold, and nothing is decided or changed: ${why}`];
  return { waitsFor, next: [commands.rescue(group, active)] };
}

function steady(prospect: Prospect): Outlook {
  const { state, settings, evidence } = prospect;
  const returning = returningOutlook(prospect);
  if (returning.waitsFor.length > 0) return returning;
  const { home } = settings.shape;
  if (state.active === home) return { waitsFor: [], next: [commands.preflight(state.group)] };
  const recovery = recoveryOf(verdictOf(evidence, settings.shape, home), settings.policy);
  if (missingRounds(recovery) > 0)
    return {
      waitsFor: [`${home} is protected again, and no home yet: its cluster was ${recoveryInWords(recovery)}`],
      next: [],
    };
  const waitsFor = [`${home} is protected again and is the group's home: a failback loses nothing`];
  return { waitsFor, next: [commands.ask('failback', state.group)] };
}

/** A failover wants the old site fenced; where nobody can prove that, a person has to say so first. */
function unfencedFirst({ state, settings, evidence }: Prospect): readonly string[] {
  const { group, active } = state;
  const isSilent = !evidence.guards[active]?.leaseHeld;
  const mustBeAttested = settings.policy.fenceMode === 'guarded' && isSilent;
  return [
    ...(mustBeAttested ? [commands.attest(group, active)] : []),
    commands.ask('failover', group),
    commands.plan(group),
  ];
}

function awaiting(
  { approval }: Prospect,
  { group, approval: id, kind, target, requestedBy, expiresAt }: Extract<GroupState, { phase: 'awaiting-approval' }>,
): Outlook {
  if (approval && !isPending(approval)) {
    const by = approval.decidedBy ?? 'nobody';
    return {
      waitsFor: [`approval ${id} was ${approval.phase} by ${by}: the leader acts on it now`],
      next: [commands.status],
    };
  }
  const asker = requestedBy === undefined ? 'the rules' : requestedBy;
  const answerer = requestedBy === undefined ? 'an approver' : `an approver who is not ${requestedBy}`;
  const lifted = approval?.vetoes.map(({ name }) => name) ?? [];
  const lifts = lifted.length > 0 ? `; approving lifts ${lifted.join(', ')}` : '';
  return {
    waitsFor: [
      `${asker} asked for a ${kind} to ${target}: approval ${id} waits for ${answerer} until ${whenText(expiresAt)}${lifts}`,
    ],
    next: [
      commands.approve(id, requestedBy),
      commands.deny(id),
      `${commands.plan(group)} --kind ${kind} --to ${target}`,
    ],
  };
}
