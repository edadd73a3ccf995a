import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Config = Readonly<Record<string, string>>;

interface Offset {
  readonly partition: { readonly cluster: string; readonly topic: string; readonly partition: number };
  readonly offset: { readonly offset: number } | null;
}

interface Connector {
  config: Config;
  state: string;
  tasks: string[];
  offsets: Offset[];
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** As much of Connect's REST interface as a flow needs, on a port of this machine. */
export class FakeConnect {
  readonly connectors = new Map<string, Connector>();
  /** Every call, such as `PUT /connectors/x/stop`. */
  readonly calls: string[] = [];
  /** Answers instead of what the connectors say, once each. */
  readonly next = new Map<string, Answer>();
  private readonly server: Server = createServer((request, response) => void this.serve(request, response));

  static async start(): Promise<FakeConnect> {
    const connect = new FakeConnect();
    await once(connect.server.listen(0, '127.0.0.1'), 'listening');
    return connect;
  }

  /** The calls that would change something. */
  get changes(): readonly string[] {
    return this.calls.filter((call) => !call.startsWith('GET '));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  add(name: string, config: Config, state = 'RUNNING'): Connector {
    const connector: Connector = { config, state, tasks: state === 'RUNNING' ? ['RUNNING'] : [], offsets: [] };
    this.connectors.set(name, connector);
    return connector;
  }

  /** The last copied offset of each partition that is stored under the connector. */
  stored(name: string): readonly string[] {
    const offsets = this.connectors.get(name)?.offsets ?? [];
    return offsets.map(({ partition: { cluster, topic, partition }, offset }) =>
      [cluster, topic, partition, offset?.offset].join(' '),
    );
  }

  store(name: string, cluster: string, topic: string, partition: number, offset: number): void {
    this.connectors.get(name)!.offsets.push({ partition: { cluster, topic, partition }, offset: { offset } });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks = await request.toArray();
    const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
    const call = `${request.method} ${request.url}`;
    this.calls.push(call);
    const planned = this.next.get(call);
    this.next.delete(call);
    const { status, body: answer } = planned ?? this.answer(call, body);
    response.writeHead(status).end(answer === undefined ? '' : JSON.stringify(answer));
  }

  private answer(call: string, body: unknown): Answer {
    if (call === 'POST /connectors')
      return this.create(body as { name: string; config: Config; initial_state: string });
    if (call === 'GET /connectors') return { status: 200, body: [...this.connectors.keys()] };
    if (call === 'GET /connectors?expand=info&expand=status') return { status: 200, body: this.expanded() };
    const [method, encoded = '', what] = call.replace(' /connectors', '').split('/');
    const name = decodeURIComponent(encoded);
    const connector = this.connectors.get(name);
    if (method === 'DELETE') return { status: this.connectors.delete(name) ? 204 : 404 };
    if (!connector) return { status: 404, body: { message: `Connector ${name} not found` } };
    switch (`${method} ${what}`) {
      case 'GET config':
        return { status: 200, body: connector.config };
      case 'GET status':
        return { status: 200, body: statusOf(connector) };
      case 'GET offsets':
        return { status: 200, body: { offsets: connector.offsets } };
      case 'PUT config':
        connector.config = body as Config;
        return { status: 200, body: {} };
      case 'PUT stop':
        Object.assign(connector, { state: 'STOPPED', tasks: [] });
        return { status: 204 };
      case 'PUT resume':
        Object.assign(connector, { state: 'RUNNING', tasks: ['RUNNING'] });
        return { status: 202 };
      case 'POST restart?includeTasks=true&onlyFailed=true':
        connector.tasks = connector.tasks.map((task) => (task === 'FAILED' ? 'RUNNING' : task));
        return { status: 202, body: statusOf(connector) };
      case 'POST restart?includeTasks=true':
        if (connector.state === 'RUNNING') connector.tasks = ['RUNNING'];
        return { status: 202, body: statusOf(connector) };
      case 'PATCH offsets':
        return patch(connector, (body as { offsets: readonly Offset[] }).offsets);
      default:
        return { status: 405 };
    }
  }

  private expanded(): unknown {
    const all = [...this.connectors].map(([name, each]) => [
      name,
      { info: { name, config: each.config }, status: { name, ...statusOf(each) } },
    ]);
    return Object.fromEntries(all);
  }

  private create({
    name,
    config,
    initial_state: state,
  }: {
    name: string;
    config: Config;
    initial_state: string;
  }): Answer {
    if (this.connectors.has(name)) return { status: 409, body: { message: `Connector ${name} already exists` } };
    this.add(name, config, state);
    return { status: 201, body: {} };
  }
}

const TRACE = [
  'org.apache.kafka.connect.errors.ConnectException: Unrecoverable exception from producer send callback',
  '\tat org.apache.kafka.connect.runtime.WorkerSourceTask.execute(WorkerSourceTask.java:376)',
  'Caused by: org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [orders]',
].join('\n');

const statusOf = ({ state, tasks }: Connector) => ({
  connector: { state },
  tasks: tasks.map((each) => ({ state: each, ...(each === 'FAILED' && { trace: TRACE }) })),
});

function patch(connector: Connector, offsets: readonly Offset[]): Answer {
  if (connector.state !== 'STOPPED')
    return { status: 400, body: { message: 'Connectors must be in the STOPPED state' } };
  const keyOf = ({ partition: { cluster, topic, partition } }: Offset) => [cluster, topic, partition].join(' ');
  const changed = new Set(offsets.map(keyOf));
  connector.offsets = [...connector.offsets.filter((each) => !changed.has(keyOf(each))), ...offsets];
  return { status: 200, body: { message: 'The offsets for this connector have been altered' } };
}
