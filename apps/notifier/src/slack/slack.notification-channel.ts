import { decode, RunWire, type Notification } from '#libs/contracts';
import { OutcomeUnknownError, type RunId } from '#libs/domain';
import { keys, type Journal } from '#libs/journal';
import { NotificationChannel } from '../channel/notification-channel.js';
import { ChannelUnavailableError } from '../errors.js';
import type { DecisionBoard } from './decision-board.js';
import { noticeMessage } from './notice-message.js';
import type { Poster } from './poster.js';

/** Where a message belongs: what its thread hangs on, and whether that is what tells it. */
interface Root {
  readonly ts: string;
  readonly isTold: boolean;
}

/**
 * Tells in one Slack channel. A decision has one message, which always shows how it stands, and a thread with everything
 * that followed; so has a run that nobody had to approve. What is about neither has a message of its own.
 */
export class SlackNotificationChannel extends NotificationChannel {
  constructor(
    private readonly board: DecisionBoard,
    private readonly poster: Poster,
    private readonly journal: Journal,
  ) {
    super();
  }

  override async deliver(notification: Notification, _signal: AbortSignal): Promise<void> {
    try {
      const root = await this.rootOf(notification);
      if (root.isTold) return;
      const broadcast = notification.severity === 'critical';
      await this.poster.post(`notes/${notification.id}`, notification.id, noticeMessage(notification), {
        thread: { ts: root.ts, broadcast },
      });
    } catch (error) {
      if (error instanceof OutcomeUnknownError) throw new ChannelUnavailableError(error.message, { cause: error });
      throw error;
    }
  }

  private async rootOf(notification: Notification): Promise<Root> {
    const { run } = notification.about;
    const approval = notification.about.approval ?? (run && (await this.approvalOf(run)));
    const decision = approval && (await this.board.show(approval, notification.id));
    if (decision) return decision;
    const subject = run ? `runs/${run}` : `notes/${notification.id}`;
    const { ts, record } = await this.poster.post(subject, notification.id, noticeMessage(notification));
    return { ts, isTold: record.first === notification.id };
  }

  private async approvalOf(run: RunId): Promise<string | undefined> {
    const key = keys.run(run);
    const [entry] = (await this.journal.read(key)).entries;
    const decoded = entry && decode(RunWire, entry.value, key);
    return decoded?.ok ? decoded.value.approval : undefined;
  }
}
