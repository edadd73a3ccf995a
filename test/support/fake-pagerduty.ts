import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * "Events API v2": what an alert event must be. `dedup_key` "Maximum permitted length ... is 255 characters", summary 1024,
 * severity one of four.
 * @see https://developer.pagerduty.com/docs/send-alert-event
 */
const EventWire = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  client: z.string().optional(),
  client_url: z.string().optional(),
  payload: z.strictObject({
    summary: z.string().min(1).max(1_024),
    source: z.string().min(1),
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    timestamp: z.iso.datetime().optional(),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.looseObject({ notification: z.string() }),
  }),
});

/** PagerDuty's door for events: takes what its documentation says is one, and keeps which alerts are open. */
export class FakePagerDuty {
  static readonly KEY = '0123456789abcdef0123456789abcdef';
  readonly events: z.infer<typeof EventWire>[] = [];
  readonly open = new Set<string>();
  /** 202 "Accepted"; 400 "Bad Request"; 429 "Too Many Requests"; 5xx "Internal Server Error". */
  answersWith = 202;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.take(request, response));
  }

  static async start(): Promise<FakePagerDuty> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakePagerDuty(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v2/enqueue`;
  }

  async end(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const event = EventWire.safeParse(JSON.parse(await text(request)));
    const isKnown = event.success && event.data.routing_key === FakePagerDuty.KEY && request.url === '/v2/enqueue';
    const status = this.answersWith === 202 && !isKnown ? 400 : this.answersWith;
    if (status === 202 && event.success) {
      const { dedup_key: key, event_action: action } = event.data;
      this.events.push(event.data);
      if (action === 'trigger') this.open.add(key);
      if (action === 'resolve') this.open.delete(key);
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  }
}
