import { isWaiting, type NotificationTestAnswer } from '#libs/contracts';
import { pathOf, show, type Outcome, type Session } from '../command.js';
import { EXIT } from '../exit-code.js';
import { table } from '../text.js';

/** A channel that does not answer is given up after 10 s. */
const TRIED_WITHIN_MS = 20_000;
const LOOK_MS = 500;

/** Has every channel told that this is a test, or one of them, and says what came of it. */
export const testChannels = async (session: Session, channel: string | undefined): Outcome => {
  const { api, clock } = session;
  let test = await api.post<NotificationTestAnswer>('/notification-tests', channel === undefined ? {} : { channel });
  const untilMs = clock.monotonicMs() + TRIED_WITHIN_MS;
  while (isWaiting(test) && clock.monotonicMs() < untilMs) {
    await clock.sleep(LOOK_MS);
    test = await api.get<NotificationTestAnswer>(pathOf('notification-tests', test.id));
  }
  show(session, test, render);
  return test.channels.every(({ outcome }) => outcome === 'told') ? EXIT.ok : EXIT.refused;
};

const render = ({ channels }: NotificationTestAnswer): string =>
  table(
    ['CHANNEL', 'OUTCOME', 'PROBLEM'],
    channels.map(({ id, outcome, problem = '' }) => [
      id,
      outcome,
      outcome === 'waiting' ? 'no notifier has tried it: does one run, and what does its /readyz say?' : problem,
    ]),
  );
