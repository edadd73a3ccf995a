import { SignalboxError } from '#libs/domain';
import type { Seat } from '#libs/journal';
import type { Clock, Log, Stop } from '#libs/runtime';
import type { ChainFollower } from './chain-follower.js';
import type { ChannelDesk } from './channel-desk.js';
import type { ChannelReporter } from './channel-reporter.js';
import type { ChannelTrials } from './channel-trials.js';
import type { SiteNewsDesk } from './site-news-desk.js';

export interface NotifierPorts {
  /** Which notifier delivers. */
  readonly leadership: Seat;
  readonly follower: ChainFollower;
  readonly reporter: ChannelReporter;
  readonly trials: ChannelTrials;
  readonly siteNews: SiteNewsDesk;
  readonly clock: Clock;
  readonly log: Log;
}

/** Delivers while this process leads, and stands by while it does not. Reads audit chains; holds up no run. */
export class Notifier {
  private stopCampaign: Stop = () => undefined;
  private term: AbortController | undefined;

  constructor(
    /** New ones for each term: what an earlier one had read ahead is not trusted. */
    private readonly openDesks: () => readonly ChannelDesk[],
    private readonly ports: NotifierPorts,
    private readonly pollMs: number,
  ) {}

  start(): void {
    this.stopCampaign = this.ports.clock.every(this.pollMs, () => this.campaign());
  }

  async stop(): Promise<void> {
    this.stopCampaign();
    this.endTerm();
    await this.ports.leadership.resign();
  }

  /** While that cannot be asked nothing changes: each delivery asks for itself. */
  private async campaign(): Promise<void> {
    try {
      if (!(await this.ports.leadership.hold())) this.endTerm();
      else if (!this.term) this.beginTerm();
      if (!this.term) return;
      await this.ports.reporter.look();
      this.ports.siteNews.look(this.term.signal);
      await this.ports.trials.look(this.term.signal);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
    }
  }

  private beginTerm(): void {
    const term = new AbortController();
    this.term = term;
    this.ports.log.info('This notifier delivers now');
    const desks = this.openDesks();
    for (const desk of desks) void desk.run(term.signal);
    void this.ports.follower.run(term.signal, () => {
      for (const desk of desks) desk.wake();
    });
  }

  private endTerm(): void {
    if (!this.term) return;
    this.term.abort();
    this.term = undefined;
    this.ports.reporter.end();
    this.ports.log.info('Another notifier delivers now');
  }
}
