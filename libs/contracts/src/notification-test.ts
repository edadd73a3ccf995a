import { z } from 'zod';
import { InstantWire } from './wire.js';

/** Somebody wants to know whether these channels take anything: as it waits in the journal for the notifier that delivers. */
export const NotificationTestWire = z.object({
  id: z.string().min(1),
  by: z.string(),
  at: InstantWire,
  channels: z.array(z.string().min(1)),
});
export type NotificationTest = Readonly<z.infer<typeof NotificationTestWire>>;

const ended = { problem: z.string().optional() };

/** What came of one channel, as the notifier says it. */
export const ChannelTrialWire = z.object({ channel: z.string().min(1), outcome: z.enum(['told', 'failed']), ...ended });
export type ChannelTrial = Readonly<z.infer<typeof ChannelTrialWire>>;

/** What came of it so far. */
export const NotificationTestAnswerWire = NotificationTestWire.extend({
  channels: z.array(z.object({ id: z.string(), outcome: z.enum(['waiting', 'told', 'failed']), ...ended })),
});
export type NotificationTestAnswer = Readonly<z.infer<typeof NotificationTestAnswerWire>>;

/** Pure. */
export const answerOfTest = (test: NotificationTest, trials: readonly ChannelTrial[]): NotificationTestAnswer => ({
  ...test,
  channels: test.channels.map((id) => {
    const trial = trials.find(({ channel }) => channel === id);
    return {
      id,
      outcome: trial?.outcome ?? 'waiting',
      ...(trial?.problem !== undefined && { problem: trial.problem }),
    };
  }),
});

export const isWaiting = ({ channels }: NotificationTestAnswer): boolean =>
  channels.some(({ outcome }) => outcome === 'waiting');
