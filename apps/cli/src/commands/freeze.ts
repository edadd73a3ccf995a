import { groupPath, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { duration, next, WHY } from '../text.js';

/** Every freeze ends by itself: a forgotten one would be found during the next outage. */
export const freeze = async (session: Session, group: string, reason: string, forMs: number): Outcome => {
  const answer = await session.api.post(groupPath(group, 'freeze'), { reason, forMs });
  show(session, answer, () =>
    [
      `${group} is frozen for ${duration(forMs)}. A run in progress stops before its next step.`,
      next([
        [`status`, 'who is fenced now'],
        [`unfreeze ${group} ${WHY}`, 'let it act again'],
      ]),
    ].join('\n'),
  );
  return EXIT.ok;
};

export const unfreeze = async (session: Session, group: string, reason: string): Outcome => {
  const answer = await session.api.post(groupPath(group, 'unfreeze'), { reason });
  show(session, answer, () => `${group} may act again.`);
  return EXIT.ok;
};
