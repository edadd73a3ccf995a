import {
  Module,
  type DynamicModule,
  type INestApplication,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { ProcessId, SiteId } from '#libs/domain';
import { EtcdJournal, Journal, journalAccess, Membership, SCHEMA } from '#libs/journal';
import { allOrEveryProblem, Clock, Log, Random, Readiness, readSecret } from '#libs/runtime';
import { hostAndPort, type Channel, type ChannelOf, type Topology } from '#libs/topology';
import type { Request, Response } from 'express';
import { EmailNotificationChannel } from './channel/email.notification-channel.js';
import { FileNotificationChannel } from './channel/file.notification-channel.js';
import { LogNotificationChannel } from './channel/log.notification-channel.js';
import type { NotificationChannel } from './channel/notification-channel.js';
import { PagerDutyNotificationChannel } from './channel/pagerduty.notification-channel.js';
import { webhookKey } from './channel/webhook-signature.js';
import { WebhookNotificationChannel } from './channel/webhook.notification-channel.js';
import { assemble } from './delivery/assemble.js';
import { CursorBook } from './delivery/cursor-book.js';
import { Notifier } from './delivery/notifier.js';
import { assembleSlack, type SlackNeeds, type SlackParts } from './slack/assemble-slack.js';
import { HttpRelay } from './slack/http.relay.js';

/** Receivers on the far side of the internet are slower than a policy's `requestTimeoutMs`, and hold up nobody else. */
const FAR_TIMEOUT_MS = 10_000;

type Around = Omit<SlackNeeds, 'relay'>;
interface Opened {
  readonly port: NotificationChannel;
  readonly slack?: SlackParts;
}
type OpenChannel = (around: Around) => Opened;

/** Everything of a notifier that is started and stopped. */
export class NotifierParts {
  constructor(
    readonly membership: Membership,
    readonly notifier: Notifier,
    readonly slack: readonly SlackParts[],
  ) {}
}

/** Tells people and tools what was decided; the only process that holds their secrets. */
@Module({})
export class NotifierModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly parts: NotifierParts,
    private readonly journal: Journal,
  ) {}

  /** @throws SecretError, WebhookSecretError, SeveralProblemsError */
  static async register(self: { topology: Topology; site: SiteId; process: ProcessId }): Promise<DynamicModule> {
    const { topology, site, process } = self;
    const channels = await allOrEveryProblem(
      topology.channels.map(async (channel) => ({ channel, open: await opener(channel, topology, site) })),
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
          provide: NotifierParts,
          inject: [Journal, Clock, Random, Log, Readiness],
          useFactory: (journal: Journal, clock: Clock, random: Random, log: Log, readiness: Readiness) => {
            const name = `${process}#${random.id()}`;
            const cursors = new CursorBook(journal, name);
            const needs = { journal, clock, random, log, readiness };
            const opened = channels.map(({ channel, open }) => ({
              ...channel,
              ...open({ ...needs, topology, name, leads: () => cursors.leads() }),
            }));
            const notifier = assemble(
              {
                name,
                groups: topology.groups.map(({ id }) => id),
                splitBrainAcceptedBy: topology.groups
                  .filter(({ fenceMode }) => fenceMode === 'advisory')
                  .map(({ id }) => id),
                channels: opened,
                policy: topology.policy,
              },
              needs,
            );
            const announcement = { process, site, schema: SCHEMA, handlers: [] };
            return new NotifierParts(
              new Membership({ journal, clock, readiness }, announcement, topology.policy.leaderTtlMs),
              notifier,
              opened.flatMap(({ slack }) => slack ?? []),
            );
          },
        },
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.parts.membership.start();
    this.parts.notifier.start();
    for (const slack of this.parts.slack) slack.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.parts.slack.map((slack) => slack.stop()));
    await this.parts.notifier.stop();
    await this.parts.membership.stop();
    await this.journal.close();
  }
}

/** Where Slack posts to us, its requests are taken before anything parses them: the signature is of the raw bytes. */
export function attachSlack(app: INestApplication): void {
  const { slack } = app.get(NotifierParts);
  for (const { http } of slack) {
    if (http)
      app.use('/slack', (request: Request, response: Response) => void http.handle(request.path, request, response));
  }
}

/** What can be wrong with a channel's configuration is found at start; the channel itself may be away for now. */
async function opener(channel: Channel, topology: Topology, site: SiteId): Promise<OpenChannel> {
  switch (channel.kind) {
    case 'webhook': {
      const { id, url, secret, allowLinkLocal } = channel;
      const key = webhookKey(await readSecret(secret, `secret of channel ${id}`), id);
      const webhook = { url, key, timeoutMs: FAR_TIMEOUT_MS, allowLinkLocal };
      return ({ clock }) => ({ port: new WebhookNotificationChannel(webhook, clock) });
    }
    case 'slack':
      return slackOpener(channel, topology, site);
    case 'pagerduty': {
      const { id, url, routingKey } = channel;
      const key = await readSecret(routingKey, `routing key of channel ${id}`);
      return ({ clock }) => ({
        port: new PagerDutyNotificationChannel(
          { url, routingKey: key, source: topology.installation, timeoutMs: FAR_TIMEOUT_MS },
          clock,
        ),
      });
    }
    case 'email': {
      const { id, smtp, from, to } = channel;
      const password = smtp.login && (await readSecret(smtp.login.password, `password of channel ${id}`));
      const login = smtp.login && { user: smtp.login.user, password: password ?? '' };
      return ({ log }) => ({
        port: new EmailNotificationChannel(
          { ...hostAndPort(smtp.server), tls: smtp.tls, ...(login && { login }), from, to, timeoutMs: FAR_TIMEOUT_MS },
          log,
        ),
      });
    }
    case 'file':
      return () => ({ port: new FileNotificationChannel(channel.path) });
    case 'log':
      return ({ log }) => ({ port: new LogNotificationChannel(log) });
  }
}

/** People's answers go to the own site's orchestrator first, and to any other when that one is away. */
async function slackOpener(channel: ChannelOf<'slack'>, topology: Topology, site: SiteId): Promise<OpenChannel> {
  const { id, botToken, connection, relayToken } = channel;
  const [bot, way, token] = await allOrEveryProblem([
    readSecret(botToken, `bot token of channel ${id}`),
    connection.kind === 'socket'
      ? readSecret(connection.appToken, `app token of channel ${id}`)
      : readSecret(connection.signingSecret, `signing secret of channel ${id}`),
    readSecret(relayToken, `relay token of channel ${id}`),
  ]);
  const ownFirst = topology.sites.toSorted((one, other) => Number(other.id === site) - Number(one.id === site));
  const relay = new HttpRelay({ endpoints: ownFirst.map(({ api }) => api), token });
  return (around) => {
    const slack = assembleSlack(channel, { botToken: bot, connection: way }, { ...around, relay });
    return { port: slack.channel, slack };
  };
}
