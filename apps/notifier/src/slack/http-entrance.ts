import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '#libs/runtime';
import type { RefusalReason, Refusals } from './refusals.js';
import type { Reply } from './reply.js';
import type { RequestVerifier } from './request-signature.js';

/** A form in Slack with all of its texts is far below this. */
const BODY_MAX = 100_000;
const FORM = /^application\/x-www-form-urlencoded(\s*;.*)?$/i;

const STATUS: Partial<Record<RefusalReason, number>> = {
  'too-large': 413,
  'wrong-type': 415,
  'wrong-path': 404,
  malformed: 400,
};

export interface HttpEntrancePorts {
  readonly verifier: RequestVerifier;
  readonly interactions: { take(payload: unknown): Reply };
  readonly commands: { take(payload: unknown): Reply };
  readonly refusals: Refusals;
  readonly clock: Clock;
}

/**
 * Where Slack posts what people do, in installations that let it in. Reads the raw bytes itself: nothing may parse them
 * before they are proven to be Slack's. Its refusals say nothing, since whoever gets them is not Slack.
 */
export class HttpEntrance {
  constructor(private readonly ports: HttpEntrancePorts) {}

  /** `path` as below the entrance: `/interactions` or `/commands`. Fails only by a bug. */
  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const taken = await this.take(path, request);
    if (typeof taken === 'string') {
      this.ports.refusals.count(taken);
      response.writeHead(STATUS[taken] ?? 401, { connection: 'close' }).end();
      return;
    }
    const body = taken.body && JSON.stringify(taken.body);
    response.writeHead(200, body === undefined ? {} : { 'content-type': 'application/json' }).end(body);
    await taken.work();
  }

  private async take(path: string, request: IncomingMessage): Promise<Reply | RefusalReason> {
    if (request.method !== 'POST' || (path !== '/interactions' && path !== '/commands')) return 'wrong-path';
    if (!FORM.test(request.headers['content-type'] ?? '')) return 'wrong-type';
    const body = await bodyOf(request);
    if (typeof body === 'string') return body;
    const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = request.headers;
    const signed = { signature: one(signature), timestamp: one(timestamp), body };
    const refusal = this.ports.verifier.refusalOf(signed, this.ports.clock.now());
    return refusal ?? this.genuine(path, new URLSearchParams(body.toString('utf8')));
  }

  private genuine(path: '/interactions' | '/commands', form: URLSearchParams): Reply | RefusalReason {
    if (path === '/commands') return this.ports.commands.take(Object.fromEntries(form));
    const [payload, second] = form.getAll('payload');
    if (payload === undefined || second !== undefined) return 'malformed';
    try {
      return this.ports.interactions.take(JSON.parse(payload));
    } catch (error) {
      if (error instanceof SyntaxError) return 'malformed';
      throw error;
    }
  }
}

const one = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** All of it, unless it is more than anything of Slack's, or ends before its end. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too-large' | 'malformed'> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX) return 'too-large';
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > BODY_MAX) return 'too-large';
      chunks.push(chunk);
    }
  } catch {
    return 'malformed';
  }
  return Buffer.concat(chunks);
}
