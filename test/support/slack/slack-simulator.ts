import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SystemClock, type Clock } from '#libs/runtime';
import { WebSocketServer, type WebSocket } from 'ws';
import { METHODS, type Arguments } from './web-methods.js';
import { Workspace } from './workspace.js';

/** An acknowledgment "must be sent within 3 seconds of receiving the payload": docs.slack.dev/interactivity/handling-user-interaction */
const ACK_MS = 3_000;

/** What Slack made of a payload that it sent. */
export interface Delivered {
  /** 200, or an acknowledged envelope; a person sees an error otherwise. */
  readonly isTaken: boolean;
  readonly status: number;
  readonly body: unknown;
  readonly tookMs: number;
}

/** How the next calls of a method end. */
export type Fault =
  | { readonly kind: 'rate-limit'; readonly retryAfterSeconds: number }
  | { readonly kind: 'status'; readonly status: number }
  /** It is done, and the connection is cut before anybody hears of it. */
  | { readonly kind: 'done-unheard' }
  /** Nothing is done, and no answer comes. */
  | { readonly kind: 'cut' };

/**
 * Slack as its documentation says it is, for our own clients: one workspace, the Web API, and what people do sent over
 * Socket Mode or over HTTP.
 */
export class SlackSimulator {
  readonly calls: { readonly method: string; readonly given: Arguments }[] = [];
  readonly faults = new Map<string, Fault[]>();
  /** Where payloads are posted in HTTP mode. */
  requestUrl: string | undefined;
  private readonly sockets: WebSocket[] = [];
  private readonly acks = new Map<string, (body: unknown) => void>();
  /** Connections that were ever opened. */
  greeted = 0;
  private turn = 0;

  private constructor(
    readonly workspace: Workspace,
    private readonly clock: Clock,
    private readonly server: Server,
    private readonly socketServer: WebSocketServer,
  ) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.answer(request, response));
    socketServer.on('connection', (socket: WebSocket) => this.connected(socket));
  }

  static async start(clock: Clock = new SystemClock()): Promise<SlackSimulator> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SlackSimulator(new Workspace(clock), clock, server, new WebSocketServer({ server, path: '/socket' }));
  }

  get origin(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get apiUrl(): string {
    return `http://${this.origin}/api/`;
  }

  get connections(): number {
    return this.sockets.length;
  }

  callsOf(method: string): readonly Arguments[] {
    return this.calls.flatMap((call) => (call.method === method ? [call.given] : []));
  }

  fail(method: string, ...faults: readonly Fault[]): void {
    this.faults.set(method, [...(this.faults.get(method) ?? []), ...faults]);
  }

  async end(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.socketServer.close();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  /** Before Slack closes a connection, it says so: docs.slack.dev/apis/events-api/using-socket-mode */
  refreshConnections(reason: 'warning' | 'refresh_requested' = 'refresh_requested'): void {
    for (const socket of this.sockets) socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: {} }));
  }

  cutConnections(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  /** Sends what somebody did, the way the app is set up for. `retry`: which time Slack sends it again. */
  async send(kind: 'interactive' | 'slash_commands', payload: object, retry?: number): Promise<Delivered> {
    const startedMs = this.clock.monotonicMs();
    const outcome = this.requestUrl ? await this.post(kind, payload, retry) : await this.overSocket(kind, payload);
    const tookMs = this.clock.monotonicMs() - startedMs;
    return { ...outcome, isTaken: outcome.status === 200 && tookMs <= ACK_MS, tookMs };
  }

  /** As Slack signs: `v0:<timestamp>:<raw body>`, HMAC-SHA256, hex. */
  sign(body: string, timestampSeconds: number, secret = this.workspace.signingSecret): string {
    return `v0=${createHmac('sha256', secret).update(`v0:${timestampSeconds}:${body}`).digest('hex')}`;
  }

  formOf(kind: 'interactive' | 'slash_commands', payload: object): string {
    const fields = kind === 'interactive' ? { payload: JSON.stringify(payload) } : (payload as Record<string, string>);
    return new URLSearchParams(fields).toString();
  }

  private async post(kind: 'interactive' | 'slash_commands', payload: object, retry: number | undefined) {
    const body = this.formOf(kind, payload);
    const timestamp = Math.floor(this.clock.now() / 1_000);
    const response = await fetch(`${this.requestUrl}/${kind === 'interactive' ? 'interactions' : 'commands'}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': this.sign(body, timestamp),
        ...(retry !== undefined && { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' }),
      },
      body,
    });
    const said = await response.text();
    return { status: response.status, body: said === '' ? undefined : (JSON.parse(said) as unknown) };
  }

  /** "When multiple connections are active, each payload may be sent to any of the connections": the same page. */
  private async overSocket(type: string, payload: object) {
    const socket = this.sockets[this.turn++ % Math.max(1, this.sockets.length)];
    if (!socket) return { status: 503, body: undefined };
    const envelope = `envelope-${this.workspace.next()}`;
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.acks.set(envelope, resolve);
    socket.send(JSON.stringify({ envelope_id: envelope, type, payload, accepts_response_payload: true }));
    const late = Symbol('late');
    const answered = new AbortController();
    const body = await Promise.race([promise, this.clock.sleep(ACK_MS, answered.signal).then(() => late)]);
    answered.abort();
    this.acks.delete(envelope);
    return body === late ? { status: 504, body: undefined } : { status: 200, body };
  }

  private connected(socket: WebSocket): void {
    this.sockets.push(socket);
    this.greeted += 1;
    socket.on('close', () => this.sockets.splice(this.sockets.indexOf(socket), 1));
    socket.on('message', (data: Buffer) => {
      // "acknowledge ... by sending a response with the envelope_id", and a payload where one is accepted
      const { envelope_id: id, payload } = JSON.parse(data.toString()) as { envelope_id: string; payload?: object };
      this.acks.get(id)?.(payload && Object.keys(payload).length > 0 ? payload : undefined);
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: this.sockets.length, connection_info: {} }));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.url?.startsWith('/response/')) {
      this.workspace.responses.push((JSON.parse(body) as { text: string }).text);
      response.end('ok');
      return;
    }
    const method = request.url?.replace('/api/', '') ?? '';
    const given = Object.fromEntries(new URLSearchParams(body));
    this.calls.push({ method, given });
    const fault = this.faults.get(method)?.shift();
    // "HTTP 429 Too Many Requests ... Retry-After HTTP header containing the number of seconds"
    if (fault?.kind === 'rate-limit') {
      response.writeHead(429, { 'retry-after': String(fault.retryAfterSeconds) }).end();
      return;
    }
    if (fault?.kind === 'status') {
      response.writeHead(fault.status).end('a page that is no JSON');
      return;
    }
    const said = fault?.kind === 'cut' ? undefined : this.perform(method, request.headers.authorization, given);
    if (fault) request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  }

  private perform(method: string, authorization: string | undefined, given: Arguments) {
    const { workspace } = this;
    const wanted = method === 'apps.connections.open' ? workspace.appToken : workspace.botToken;
    if (authorization === undefined) return { ok: false, error: 'not_authed' };
    if (workspace.isTokenRevoked) return { ok: false, error: 'token_revoked' };
    if (authorization !== `Bearer ${wanted}`) return { ok: false, error: 'invalid_auth' };
    const perform = METHODS[method];
    return (
      perform?.(workspace, given, { socketUrl: `ws://${this.origin}/socket` }) ?? { ok: false, error: 'unknown_method' }
    );
  }
}
