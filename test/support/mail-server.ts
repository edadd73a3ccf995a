import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  /** Of the envelope. */
  readonly to: readonly string[];
  /** By lower-case name, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A real SMTP server on loopback that asks for a password. */
export class MailServer {
  static readonly USER = 'signalbox';
  static readonly PASSWORD = 'correct horse';
  readonly mails: Mail[] = [];
  /** The code that the next mails are refused with, after their content was seen. */
  refusesWith: number | undefined;
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _, done) => {
        const isKnown = username === MailServer.USER && password === MailServer.PASSWORD;
        return isKnown ? done(null, { user: username }) : done(new Error('no such user'));
      },
      onData: (stream, { envelope }, done) => {
        void text(stream).then((source) => {
          if (this.refusesWith !== undefined) {
            return done(Object.assign(new Error('not this one'), { responseCode: this.refusesWith }));
          }
          this.mails.push({ to: envelope.rcptTo.map(({ address }) => address), ...parsed(source) });
          return done();
        });
      },
    });
    this.server.on('error', () => undefined);
  }

  static async start(): Promise<MailServer> {
    const mail = new MailServer();
    mail.server.listen(0, '127.0.0.1');
    await once(mail.server.server, 'listening');
    return mail;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async end(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    await promise;
  }
}

function parsed(source: string): Pick<Mail, 'headers' | 'body'> {
  const end = source.indexOf('\r\n\r\n');
  const lines = source
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      decoded(line.slice(line.indexOf(':') + 1).trim()),
    ]),
  );
  return { headers, body: bodyOf(source.slice(end + 4), headers['content-transfer-encoding']) };
}

/** RFC 2047 words, as far as a subject in one language needs them. */
const decoded = (value: string): string =>
  value.replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=\s*/gi, (_, how: string, word: string) =>
    how.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : unquoted(word.replaceAll('_', ' ')),
  );

function bodyOf(body: string, encoding: string | undefined): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  const text = encoding === 'quoted-printable' ? unquoted(body.replace(/=\r\n/g, '')) : body;
  return text.replaceAll('\r\n', '\n');
}

const unquoted = (text: string): string => {
  const bytes = text.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
};
