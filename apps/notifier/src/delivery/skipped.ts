import type { Notification } from '#libs/contracts';
import { instant, type GroupId, type Instant } from '#libs/domain';
import type { Skipped } from './cursor.js';

/** A notification that waits for its turn; its text is read again when it comes. */
export type Waiting = Pick<Notification, 'severity' | 'at'> & { readonly sequence: number };

/** What is skipped now, added to what was skipped and has not been told yet. `more` holds at least one. */
export function alsoSkipped(before: Skipped | undefined, more: readonly Waiting[], reason: string): Skipped {
  const bySeverity = { ...(before?.bySeverity ?? { info: 0, warning: 0, critical: 0 }) };
  for (const { severity } of more) bySeverity[severity] += 1;
  const [first, last] = [more[0], more.at(-1)] as [Waiting, Waiting];
  return {
    firstSequence: before?.firstSequence ?? first.sequence,
    firstAt: before?.firstAt ?? first.at,
    lastSequence: last.sequence,
    lastAt: last.at,
    bySeverity,
    reason,
  };
}

/** Told in place of all that was skipped, as severe as the worst of it. */
export function summaryOf(group: GroupId, skipped: Skipped): Notification {
  const { firstSequence, lastSequence, firstAt, lastAt, bySeverity, reason } = skipped;
  const worstFirst = (['critical', 'warning', 'info'] as const).filter((severity) => bySeverity[severity] > 0);
  const count = bySeverity.info + bySeverity.warning + bySeverity.critical;
  const what = count === 1 ? '1 notification was' : `${count} notifications were`;
  return {
    id: `${group}/skipped-${firstSequence}-${lastSequence}`,
    group,
    at: instant(lastAt),
    rule: 'notifications-skipped',
    severity: worstFirst[0] ?? 'info',
    title: `${group}: ${what} not delivered here`,
    body: [
      worstFirst.map((severity) => `${bySeverity[severity]} ${severity}`).join(', '),
      `Audit entries ${firstSequence} to ${lastSequence}, from ${moment(firstAt)} to ${moment(lastAt)}`,
      `Reason: ${reason}`,
    ],
    next: [`signalbox explain ${group}`, `signalbox audit export ${group}`],
    about: {},
  };
}

const moment = (at: Instant | number) => new Date(at).toISOString();
