import { channelTroubles, type ChannelReport } from '#libs/contracts';
import { keys, type Journal, type LeaseId } from '#libs/journal';
import type { Clock, Log, Readiness } from '#libs/runtime';

/** Longer than a leader is away before another one says how its channels are. */
const TTL_MS = 60_000;
const RENEW_MS = 15_000;
const EVERY = 'every channel';

export interface ReporterPorts {
  readonly journal: Journal;
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Says in the journal how the channels are, so that whoever asks any orchestrator sees it: that nobody is told cannot be
 * told over a channel. Nothing waits for any of this.
 */
export class ChannelReporter {
  private lease: LeaseId | undefined;
  private renewedAtMs = 0;
  private written: string | undefined;

  constructor(
    private readonly notifier: string,
    private readonly channels: readonly string[],
    private readonly ports: ReporterPorts,
  ) {}

  /** While this process delivers. @throws SignalboxError when it cannot be said now */
  async look(): Promise<void> {
    const report = this.report();
    this.alarm(report);
    const text = JSON.stringify(report);
    const isLive = await this.keepLease();
    if (isLive && text === this.written) return;
    this.lease ??= await this.ports.journal.grantLease(TTL_MS);
    const put = { kind: 'put', key: keys.channelReport(), value: text, lease: this.lease } as const;
    const leads = { kind: 'equals', key: keys.notifierLeader(), value: this.notifier } as const;
    const { committed } = await this.ports.journal.commit({ conditions: [leads], changes: [put] });
    this.written = committed ? text : undefined;
  }

  /** Another process delivers, and says how its channels are. */
  end(): void {
    this.written = undefined;
    this.ports.readiness.forget(EVERY);
  }

  private report(): ChannelReport {
    const { components } = this.ports.readiness.report();
    const channels = this.channels.map((id) => {
      const state = components[`channel ${id}`];
      return { id, ...(state?.state === 'missing' && { problem: state.reason }) };
    });
    return { notifier: this.notifier, channels };
  }

  private alarm(report: ChannelReport): void {
    const failing = report.channels.filter(({ problem }) => problem !== undefined).length;
    this.ports.readiness.show('channels', { all: report.channels.length, failing });
    const [worst = ''] = channelTroubles(report);
    if (failing > 0 && failing === report.channels.length) this.ports.readiness.missing(EVERY, worst);
    else if (this.channels.length > 0) this.ports.readiness.ready(EVERY);
  }

  /** Whether what was written is still there. */
  private async keepLease(): Promise<boolean> {
    if (this.lease === undefined) return false;
    const nowMs = this.ports.clock.monotonicMs();
    if (nowMs - this.renewedAtMs < RENEW_MS) return true;
    this.renewedAtMs = nowMs;
    const isLive = await this.ports.journal.renewLease(this.lease);
    if (!isLive) this.lease = undefined;
    return isLive;
  }
}
