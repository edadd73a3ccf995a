import { SignalboxError } from '#libs/domain';
import type { Clock, Readiness, Stop } from '#libs/runtime';
import type { SlackWeb } from './slack-web.js';

const EVERY_MS = 60_000;

/** Asks Slack whether it still knows us, so that a token that was taken back is seen before anybody is needed. */
export class SlackHealth {
  constructor(
    private readonly web: SlackWeb,
    private readonly team: string,
    /** Of readiness. */
    private readonly component: string,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {}

  start(): Stop {
    return this.clock.every(EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    try {
      const { team } = await this.web.identity();
      if (team === this.team) this.readiness.ready(this.component);
      else
        this.readiness.missing(
          this.component,
          `The bot token is of workspace ${team}, and signalbox.yaml says ${this.team}`,
        );
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.readiness.missing(this.component, `${error.message}; people answer with: signalbox approve`);
    }
  }
}
