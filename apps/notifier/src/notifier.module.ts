import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { EtcdJournal, Journal, journalAccess } from '#libs/journal';
import { allOrEveryProblem, Clock, Log, Random, Readiness, readSecret } from '#libs/runtime';
import { type Channel, type Topology } from '#libs/topology';
import { FileNotificationChannel } from './channel/file.notification-channel.js';
import { LogNotificationChannel } from './channel/log.notification-channel.js';
import type { NotificationChannel } from './channel/notification-channel.js';
import { webhookKey } from './channel/webhook-signature.js';
import { WebhookNotificationChannel } from './channel/webhook.notification-channel.js';
import { Notifier } from './delivery/notifier.js';
import { assemble } from './delivery/assemble.js';

/** Receivers on the far side of the internet are slower than a policy's `requestTimeoutMs`, and hold up nobody else. */
const WEBHOOK_TIMEOUT_MS = 10_000;

type OpenChannel = (clock: Clock, log: Log) => NotificationChannel;

/** Tells people and tools what was decided; the only process that holds their secrets. */
@Module({})
export class NotifierModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly notifier: Notifier,
    private readonly journal: Journal,
  ) {}

  /** @throws SecretError, WebhookSecretError, SeveralProblemsError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { topology, site, process } = self;
    const channels = await allOrEveryProblem(
      topology.channels.map(async (channel) => ({ channel, open: await opener(channel) })),
    );
    return {
      module: NotifierModule,
      providers: [
        {
          provide: Journal,
          inject: [Clock, Readiness],
          useFactory: async (clock: Clock, readiness: Readiness) =>
            new EtcdJournal(await journalAccess(topology, site), clock, readiness),
        },
        {
          provide: Notifier,
          inject: [Journal, Clock, Random, Log, Readiness],
          useFactory: (journal: Journal, clock: Clock, random: Random, log: Log, readiness: Readiness) =>
            assemble(
              {
                name: `${process}#${random.id()}`,
                groups: topology.groups.map(({ id }) => id),
                splitBrainAcceptedBy: topology.groups
                  .filter(({ fenceMode }) => fenceMode === 'advisory')
                  .map(({ id }) => id),
                channels: channels.map(({ channel: { id, minSeverity }, open }) => ({
                  id,
                  minSeverity,
                  port: open(clock, log),
                })),
                policy: topology.policy,
              },
              { journal, clock, random, log, readiness },
            ),
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.notifier.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.notifier.stop();
    await this.journal.close();
  }
}

/** What can be wrong with a channel's configuration is found at start; the channel itself may be away for now. */
async function opener(channel: Channel): Promise<OpenChannel> {
  switch (channel.kind) {
    case 'webhook': {
      const { id, url, secret } = channel;
      const key = webhookKey(await readSecret(secret, `secret of channel ${id}`), id);
      return (clock) => new WebhookNotificationChannel({ url, key, timeoutMs: WEBHOOK_TIMEOUT_MS }, clock);
    }
    case 'file':
      return () => new FileNotificationChannel(channel.path);
    case 'log':
      return (_, log) => new LogNotificationChannel(log);
  }
}
