import { SocketModeClient } from '@slack/socket-mode';
import { messageOf } from '#libs/domain';
import type { Clock, Log, Random, Readiness } from '#libs/runtime';
import { z } from 'zod';
import { backoffMs } from '../delivery/backoff.js';
import { quietLogger } from './quiet-logger.js';
import type { Reply } from './reply.js';

const TIMEOUT_MS = 10_000;
/** An address from Slack that was not used within this is not worth waiting for. */
const HELLO_MS = 15_000;
const CLOSE_MS = 1_000;
/** A connection that was lost sooner than this counts as one more failure. */
const STEADY_MS = 30_000;

interface Envelope {
  readonly ack: (response?: object) => Promise<void>;
  readonly body: unknown;
}

export interface SocketEntrancePorts {
  readonly interactions: { take(payload: unknown): Reply };
  readonly commands: { take(payload: unknown): Reply };
  readonly readiness: Readiness;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface SocketAccess {
  readonly appToken: string;
  readonly apiUrl: string;
  /** Of readiness. */
  readonly component: string;
}

const Disconnect = z.object({ type: z.literal('disconnect') });

/**
 * Where Slack sends what people do, over a connection that we open: nothing has to be let in, which is one thing less that
 * the site that fails could take with it. Connects anew by itself, since the client's own way ends the process when Slack
 * is away; and before the old connection is closed, where Slack says that it will be.
 */
export class SocketEntrance {
  private readonly stopped = new AbortController();
  private readonly open = new Set<SocketModeClient>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly access: SocketAccess,
    private readonly ports: SocketEntrancePorts,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    for (const client of this.open) this.close(client);
    await Promise.race([this.running, this.ports.clock.sleep(CLOSE_MS)]);
  }

  private async run(): Promise<void> {
    const { clock, random, readiness } = this.ports;
    const { signal } = this.stopped;
    for (let failures = 0; !signal.aborted;) {
      const startedMs = clock.monotonicMs();
      const ended = await this.connection();
      if (signal.aborted) break;
      if (ended === 'replaced') {
        failures = 0;
        continue;
      }
      failures = clock.monotonicMs() - startedMs > STEADY_MS ? 1 : failures + 1;
      readiness.missing(this.access.component, `Slack's socket: ${ended}; clicks arrive at other sites, if at all`);
      await clock.sleep(backoffMs(failures, random.fraction()), signal);
    }
    readiness.forget(this.access.component);
  }

  /** One connection from its beginning to its end; `replaced` when Slack asked for another one, else what ended it. */
  private async connection(): Promise<string> {
    const client = this.client();
    this.open.add(client);
    const end = Promise.withResolvers<string>();
    client.on('disconnected', () => end.resolve('the connection was closed'));
    client.on('error', (error: unknown) => end.resolve(messageOf(error)));
    client.on('ws_message', (data: unknown, isBinary: boolean) => {
      if (!isBinary && isDisconnect(data)) end.resolve('replaced');
    });
    this.stopped.signal.addEventListener('abort', () => end.resolve('stopped'), { once: true });
    const greeted = new AbortController();
    try {
      const started = client.start().then(() => 'open' as const);
      const first = await Promise.race([started, end.promise, this.ports.clock.sleep(HELLO_MS, greeted.signal)]);
      if (first !== 'open') return first ?? 'Slack did not say hello';
      this.ports.readiness.ready(this.access.component);
      return await end.promise;
    } catch (error) {
      return messageOf(error) === 'undefined' ? 'the connection was closed' : messageOf(error);
    } finally {
      greeted.abort();
      this.close(client);
    }
  }

  private client(): SocketModeClient {
    const { appToken, apiUrl } = this.access;
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      logger: quietLogger(this.ports.log),
      clientOptions: {
        slackApiUrl: apiUrl,
        allowAbsoluteUrls: false,
        retryConfig: { retries: 0 },
        timeout: TIMEOUT_MS,
      },
    });
    client.on('interactive', (envelope: Envelope) => void this.take(envelope, this.ports.interactions));
    client.on('slash_commands', (envelope: Envelope) => void this.take(envelope, this.ports.commands));
    return client;
  }

  /** Where Slack did not hear that it was taken, somebody sees an error: then nothing is done either. */
  private async take({ ack, body }: Envelope, by: { take(payload: unknown): Reply }): Promise<void> {
    const reply = by.take(body);
    const isHeard = await ack(reply.body).then(
      () => true,
      () => false,
    );
    if (isHeard) await reply.work();
  }

  private close(client: SocketModeClient): void {
    this.open.delete(client);
    client.disconnect().catch(() => undefined);
  }
}

function isDisconnect(data: unknown): boolean {
  try {
    return Disconnect.safeParse(JSON.parse(String(data))).success;
  } catch {
    return false;
  }
}
