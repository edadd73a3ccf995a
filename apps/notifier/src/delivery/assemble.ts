import type { GroupId } from '#libs/domain';
import { keys, Seat, type Journal } from '#libs/journal';
import type { Clock, Log, Random, Readiness } from '#libs/runtime';
import type { NotificationChannel } from '../channel/notification-channel.js';
import { AuditChains } from './audit-chains.js';
import { ChainFollower } from './chain-follower.js';
import { ChannelDesk } from './channel-desk.js';
import { ChannelReporter } from './channel-reporter.js';
import { ChannelTrials } from './channel-trials.js';
import { CursorBook } from './cursor-book.js';
import { Lane, type WAITS_AT_MOST } from './lane.js';
import { Notifier } from './notifier.js';
import { QuestionBook } from '../notification/question.js';
import type { Route } from './route.js';
import { SiteNewsDesk } from './site-news-desk.js';

export interface NotifierPlan {
  /** Of this incarnation of this process, and no other. */
  readonly name: string;
  readonly groups: readonly GroupId[];
  /** Those of them in fence mode advisory. */
  readonly splitBrainAcceptedBy?: readonly GroupId[];
  readonly channels: readonly (Route & { readonly id: string; readonly port: NotificationChannel })[];
  /** For each channel and group; what waits beyond it is skipped. */
  readonly waitsAtMost?: typeof WAITS_AT_MOST;
  readonly policy: { readonly leaderTtlMs: number; readonly pollMs: number };
}

export interface NotifierNeeds {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly readiness: Readiness;
}

/** Puts a notifier together on ports: one desk for each channel, one lane for each channel and group. */
export function assemble(
  { name, groups, splitBrainAcceptedBy, channels, waitsAtMost, policy }: NotifierPlan,
  needs: NotifierNeeds,
): Notifier {
  const { journal, clock, log, readiness } = needs;
  const chains = new AuditChains(journal, clock, readiness, splitBrainAcceptedBy);
  const ports = { ...needs, chains, cursors: new CursorBook(journal, name), questions: new QuestionBook(journal) };
  const openDesks = () =>
    channels.map(({ id, port, ...route }) => {
      const lanes = groups.map((group) => new Lane({ channel: id, group }, route, ports, waitsAtMost));
      return new ChannelDesk(id, port, lanes, ports, policy.pollMs);
    });
  const leadership = new Seat(journal, clock, keys.notifierLeader(), name, policy.leaderTtlMs);
  const follower = new ChainFollower(journal, chains, clock, policy.pollMs);
  const reporter = new ChannelReporter(
    name,
    channels.map(({ id }) => id),
    needs,
  );
  const trials = new ChannelTrials(name, channels, needs);
  const siteNews = new SiteNewsDesk(name, channels, needs);
  return new Notifier(openDesks, { leadership, follower, reporter, trials, siteNews, clock, log }, policy.pollMs);
}
