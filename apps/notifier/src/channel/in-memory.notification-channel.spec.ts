import { ChannelUnavailableError } from '../errors.js';
import { InMemoryNotificationChannel } from './in-memory.notification-channel.js';
import { notificationChannelConformance } from './notification-channel.conformance.js';

notificationChannelConformance(InMemoryNotificationChannel.name, async () => {
  const channel = new InMemoryNotificationChannel();
  return {
    channel,
    received: async () => channel.received.map(({ id, title }) => ({ id, title })),
    break: async () => {
      channel.answers = () => Promise.reject(new ChannelUnavailableError('it is broken'));
    },
    mend: async () => {
      channel.answers = () => undefined;
    },
    end: async () => undefined,
  };
});
