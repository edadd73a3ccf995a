import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const Attributes = z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }));
const Traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z.string().optional(),
              name: z.string(),
              startTimeUnixNano: z.string().regex(/^\d+$/),
              endTimeUnixNano: z.string().regex(/^\d+$/),
              attributes: Attributes,
              links: z.array(z.object({ traceId: z.string() })),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  readonly durationNs: bigint;
  readonly links: readonly { readonly traceId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector of telemetry in this process: takes OTLP over HTTP, in JSON. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Names of the metrics that came. */
  readonly metrics = new Set<string>();
  /** What it answers from now on. */
  status = 200;

  private constructor(private readonly server: Server) {}

  static async open(host = '127.0.0.1'): Promise<OtlpReceiver> {
    const server = createServer();
    const receiver = new OtlpReceiver(server);
    server.on('request', (request, response) => {
      const taken = async () => {
        const body = await json(request);
        if (receiver.status === 200) receiver.take(request.url ?? '', body);
        response.writeHead(receiver.status).end('{}');
      };
      taken().catch(() => response.writeHead(400).end());
    });
    server.listen(0, host);
    await once(server, 'listening');
    return receiver;
  }

  get endpoint(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  /** The traces by their ids. */
  get traces(): ReadonlyMap<string, readonly ReceivedSpan[]> {
    return Map.groupBy(this.spans, ({ traceId }) => traceId);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private take(path: string, body: unknown): void {
    if (path === '/v1/metrics') {
      for (const [, name = ''] of JSON.stringify(body).matchAll(/"name":"((?:signalbox|process|nodejs)\.[^"]+)"/g)) {
        this.metrics.add(name);
      }
      return;
    }
    for (const { scopeSpans } of Traces.parse(body).resourceSpans) {
      for (const { startTimeUnixNano, endTimeUnixNano, attributes, ...span } of scopeSpans.flatMap(
        ({ spans }) => spans,
      )) {
        const named = attributes.map(({ key, value }) => [key, Object.values(value)[0]]);
        const durationNs = BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano);
        this.spans.push({ ...span, durationNs, attributes: Object.fromEntries(named) as Record<string, unknown> });
      }
    }
  }
}
