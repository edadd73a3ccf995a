import type { Notification } from '#libs/contracts';
import { sha256Hex } from '#libs/contracts';
import { messageOf } from '#libs/domain';
import type { Log } from '#libs/runtime';
import { createTransport } from 'nodemailer';
import { ChannelRefusedError, ChannelUnavailableError } from '../errors.js';
import { NotificationChannel } from './notification-channel.js';

export interface Mailbox {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  readonly from: string;
  readonly to: readonly string[];
  /** For connecting, for the greeting, and for silence. */
  readonly timeoutMs: number;
}

const SUBJECT_MAX = 200;
/** Whatever could end a line, and so begin a header or a command. */
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** By SMTP, one mail each. A mail that comes twice has the same Message-ID; what is about one thing is one conversation. */
export class EmailNotificationChannel extends NotificationChannel {
  private readonly transport: ReturnType<typeof createTransport>;

  constructor(
    private readonly mailbox: Mailbox,
    private readonly log: Log,
  ) {
    super();
    const { host, port, tls, login, timeoutMs } = mailbox;
    this.transport = createTransport({
      host,
      port,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(login && { auth: { user: login.user, pass: login.password } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  override async deliver(notification: Notification, _signal: AbortSignal): Promise<void> {
    const { from, to } = this.mailbox;
    const { id, severity, title, about, group } = notification;
    const conversation = messageId(about.approval ?? about.run ?? group);
    try {
      const { rejected } = await this.transport.sendMail({
        envelope: { from, to: [...to] },
        from,
        to: [...to],
        subject: line(`[signalbox] ${severity}: ${title}`).slice(0, SUBJECT_MAX),
        text: textOf(notification),
        messageId: messageId(id),
        inReplyTo: conversation,
        references: conversation,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Signalbox-Notification': line(id) },
      });
      if (rejected.length > 0)
        this.log.warn({ notification: id, rejected: rejected.length }, 'Some addresses were refused');
    } catch (error) {
      throw this.named(error);
    }
  }

  /** What the server refuses for good is this mail; everything else, wrong credentials included, people can mend. */
  private named(error: unknown): Error {
    const { responseCode, code } = error as { readonly responseCode?: number; readonly code?: string };
    const said = `${this.mailbox.host} did not take the mail: ${line(messageOf(error))}`;
    const isOfThisMail = code === 'EMESSAGE' && (responseCode ?? 0) >= 500;
    return isOfThisMail
      ? new ChannelRefusedError(said, { cause: error })
      : new ChannelUnavailableError(said, { cause: error });
  }
}

function textOf({ title, body, next, at, id }: Notification): string {
  const lines = [
    title,
    '',
    ...body,
    '',
    ...next.map((command) => `  ${command}`),
    '',
    `${new Date(at).toISOString()}  ${id}`,
  ];
  return `${lines.map(line).join('\n')}\n`;
}

const line = (text: string): string => text.toWellFormed().replace(CONTROL, ' ');
const messageId = (of: string): string => `<${sha256Hex(of).slice(0, 32)}@signalbox>`;
