import type { Journal } from '#libs/journal';
import type { Clock, Log, Random, Readiness } from '#libs/runtime';
import type { ChannelOf, Topology } from '#libs/topology';
import type { NotificationChannel } from '../channel/notification-channel.js';
import { AnswerDesk } from './answer-desk.js';
import { Briefer } from './briefing.js';
import { DecisionBoard } from './decision-board.js';
import { HttpEntrance } from './http-entrance.js';
import { Interactions } from './interactions.js';
import { MessageLedger } from './message-ledger.js';
import { People } from './people.js';
import { Poster } from './poster.js';
import { QuestionBook } from '../notification/question.js';
import { Refusals } from './refusals.js';
import type { Relay } from './relay.js';
import { RequestVerifier } from './request-signature.js';
import { ResponseUrl } from './response-url.js';
import { SlackNotificationChannel } from './slack.notification-channel.js';
import { SlackHealth } from './slack-health.js';
import { SlackStatus } from './slack-status.js';
import { SlackWeb } from './slack-web.js';
import { SlashCommands } from './slash-commands.js';
import { SocketEntrance } from './socket-entrance.js';

export type SlackChannel = ChannelOf<'slack'>;

/** Read from where signalbox.yaml says. */
export interface SlackSecrets {
  readonly botToken: string;
  /** The app token of a socket, the signing secret of HTTP. */
  readonly connection: string;
}

export interface SlackNeeds {
  readonly topology: Topology;
  readonly journal: Journal;
  readonly relay: Relay;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly readiness: Readiness;
  /** Of this incarnation of this process. */
  readonly name: string;
  /** Whether this process is the one that tells. @throws SignalboxError */
  readonly leads: () => Promise<boolean>;
}

/** A Slack channel with everything around it. Clicks are taken by every notifier; only the one that leads tells. */
export interface SlackParts {
  readonly channel: NotificationChannel;
  readonly refusals: Refusals;
  /** Present when Slack posts to us. */
  readonly http: HttpEntrance | undefined;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}

export function assembleSlack(channel: SlackChannel, secrets: SlackSecrets, needs: SlackNeeds): SlackParts {
  const { topology, journal, relay, clock, random, log, readiness, name, leads } = needs;
  const { id, team, apiUrl } = channel;
  const web = new SlackWeb({ token: secrets.botToken, apiUrl, channel: channel.channel }, clock, log);
  const refusals = new Refusals(readiness, log);
  const questions = new QuestionBook(journal);
  const people = new People(channel, web, clock, log);
  const ledger = new MessageLedger(journal, id, name);
  const poster = new Poster(web, ledger, clock);
  const briefer = new Briefer(journal, topology);
  const board = new DecisionBoard({ questions, briefer, poster, ledger, web, people, clock, log });
  const desk = new AnswerDesk(team, people, relay, refusals, clock, () => board.wake());
  const interactions = new Interactions({ team, questions, desk, web, refusals, clock, log });
  const status = new SlackStatus(
    journal,
    topology.groups.map((group) => group.id),
    questions,
    clock,
  );
  const responses = new ResponseUrl(apiUrl);
  const commands = new SlashCommands({ team, interactions, desk, status, responses, refusals, log });
  const health = new SlackHealth(web, team, `slack ${id}`, readiness, clock);
  const socket =
    channel.connection.kind === 'socket'
      ? new SocketEntrance(
          { appToken: secrets.connection, apiUrl, component: `slack ${id} socket` },
          { interactions, commands, readiness, clock, random, log },
        )
      : undefined;
  const http =
    channel.connection.kind === 'http'
      ? new HttpEntrance({ verifier: new RequestVerifier(secrets.connection), interactions, commands, refusals, clock })
      : undefined;
  const stops: (() => void | Promise<void>)[] = [];
  return {
    channel: new SlackNotificationChannel(board, poster, journal),
    refusals,
    http,
    start: () => {
      stops.push(health.start(), board.start(topology.policy.pollMs, leads));
      socket?.start();
    },
    stop: async () => {
      await Promise.all([...stops.splice(0).map((stop) => stop()), socket?.stop()]);
    },
  };
}
