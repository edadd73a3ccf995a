import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { NotificationEventWire, type NotificationEvent } from '#libs/contracts';

/** A delivery as it arrived, whatever was answered to it. */
export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: NotificationEvent;
  readonly isGenuine: boolean;
}

export type Answer = (response: ServerResponse, delivery: Delivery) => void;

export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end('an answer that nobody reads');

/** Takes the request and never says anything. */
export const silence: Answer = () => undefined;

/** A webhook's receiver on loopback that verifies signatures as its operator would: by hand, from the specification. */
export class WebhookReceiver {
  static readonly KEY = Buffer.from('signalbox signs this, and you ch');
  static readonly SECRET = `whsec_${WebhookReceiver.KEY.toString('base64')}`;
  readonly deliveries: Delivery[] = [];
  /** What is answered next, one by one; `otherwise` after that. */
  readonly answers: Answer[] = [];
  otherwise: Answer = answering(204);

  readonly port: number;

  private constructor(private readonly server: Server) {
    this.port = (server.address() as AddressInfo).port;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async start(port = 0): Promise<WebhookReceiver> {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new WebhookReceiver(server);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async end(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request;
    const body = await text(request);
    const event = NotificationEventWire.parse(JSON.parse(body));
    const delivery: Delivery = { headers, body, event, isGenuine: isGenuine(headers, body) };
    this.deliveries.push(delivery);
    (this.answers.shift() ?? this.otherwise)(response, delivery);
  }
}

function isGenuine(headers: IncomingHttpHeaders, body: string): boolean {
  const content = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  const expected = createHmac('sha256', WebhookReceiver.KEY).update(content).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'))
    .some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
}
