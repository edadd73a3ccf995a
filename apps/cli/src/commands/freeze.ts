import type { Outcome, Session } from '../command.js';
import { show } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-code.js';
import { duration, next, parseDuration } from '../text.js';

/** Every freeze ends by itself: a forgotten one would be found during the next outage. */
export const freeze = async (session: Session, group: string, reason: string, howLong: string): Outcome => {
  const forMs = parseDuration(howLong);
  if (!forMs) throw new UsageError(`--for ${howLong} is not a duration`, 'write it like 30m, 2h or 1d');
  const answer = await session.api.post(`/groups/${encodeURIComponent(group)}/freeze`, { reason, forMs });
  show(session, answer, () =>
    [
      `${group} is frozen for ${duration(forMs)}. A run in progress stops before its next step.`,
      next([[`status`, 'who is fenced now']]),
    ].join('\n'),
  );
  return EXIT.ok;
};

export const unfreeze = async (session: Session, group: string, reason: string): Outcome => {
  const answer = await session.api.post(`/groups/${encodeURIComponent(group)}/unfreeze`, { reason });
  show(session, answer, () => `${group} may act again.`);
  return EXIT.ok;
};
