import { messageOf, OutcomeUnknownError, UnavailableError, type MirrorState } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { causeIn, type ConnectorStatus } from './connector-status.js';
import { ConnectorMissingError, ConnectRejectedError } from './errors.js';

export type ConnectorConfig = Readonly<Record<string, string>>;

/** How far a source connector has come, as Connect stored it. */
export interface StoredPosition {
  /** The source's alias. Connect stores whatever it is given: under another alias the connector finds nothing. */
  readonly cluster: string;
  readonly topic: string;
  readonly partition: number;
  /** The last source offset that was replicated. */
  readonly offset: number;
}

export interface RunningConnector {
  readonly name: string;
  readonly config: ConnectorConfig;
}

/** The connector itself, or one of its tasks. */
interface ReportedPart {
  readonly state: string;
  /** A stack trace, where it failed. */
  readonly trace?: string;
}

interface ExpandedConnector {
  readonly info: { readonly config: ConnectorConfig };
  readonly status: { readonly connector: ReportedPart };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const RETRY_MS = 50;
const NEVER_CONNECTED = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
];

/**
 * Connect's REST interface. Every call:
 * @throws UnavailableError when nothing was asked, or Connect was rebalancing until the deadline.
 * @throws OutcomeUnknownError when a change was asked for and no answer, or an internal error, came back.
 */
export class ConnectClient {
  constructor(
    readonly url: string,
    private readonly clock: Clock,
    private readonly callTimeoutMs: number,
    /** In the configurations that are sent, and in no message: Connect may quote what it refuses. */
    private readonly secrets: readonly string[] = [],
  ) {}

  async status(connector: string, signal: AbortSignal): Promise<ConnectorStatus> {
    const status = (await this.get(connector, 'status', signal)) as {
      readonly connector: ReportedPart;
      readonly tasks: readonly ReportedPart[];
    };
    const failed = [status.connector, ...status.tasks].find(({ state }) => state === 'FAILED');
    return {
      connector: status.connector.state,
      tasks: status.tasks.map((task) => task.state),
      ...(failed && { failure: this.withoutSecrets(causeIn(failed.trace)) }),
    };
  }

  async config(connector: string, signal: AbortSignal): Promise<ConnectorConfig> {
    return (await this.get(connector, 'config', signal)) as ConnectorConfig;
  }

  /** All connectors that are set going, whoever created them, whether or not their tasks have failed. */
  async running(signal: AbortSignal): Promise<readonly RunningConnector[]> {
    const answer = await this.ask('/connectors?expand=info&expand=status', signal);
    const known = this.expectSuccess(answer, 'all of them') as Readonly<Record<string, ExpandedConnector>>;
    return Object.entries(known).flatMap(([name, { info, status }]) =>
      status.connector.state === 'STOPPED' || status.connector.state === 'PAUSED'
        ? []
        : [{ name, config: info.config }],
    );
  }

  async positions(connector: string, signal: AbortSignal): Promise<readonly StoredPosition[]> {
    const { offsets } = (await this.get(connector, 'offsets', signal)) as {
      readonly offsets: readonly {
        readonly partition: { readonly cluster: string; readonly topic: string; readonly partition: number };
        readonly offset: { readonly offset: number } | null;
      }[];
    };
    return offsets.flatMap(({ partition, offset }) => (offset === null ? [] : [{ ...partition, ...offset }]));
  }

  /** Only of a connector that is stopped. Others keep theirs. */
  async setPositions(connector: string, positions: readonly StoredPosition[], signal: AbortSignal): Promise<void> {
    const offsets = positions.map(({ offset, ...partition }) => ({ partition, offset: { offset } }));
    const path = `/connectors/${encodeURIComponent(connector)}/offsets`;
    this.expectSuccess(await this.change('PATCH', path, { offsets }, signal), connector);
  }

  /** Durable once it returns; the tasks follow. Repeating it changes nothing. */
  async setState(connector: string, state: MirrorState, signal: AbortSignal): Promise<void> {
    const path = `/connectors/${encodeURIComponent(connector)}/${state === 'stopped' ? 'stop' : 'resume'}`;
    this.expectSuccess(await this.change('PUT', path, undefined, signal), connector);
  }

  /** Starts anew what failed of a connector, or all of it; and nothing of one that is stopped (KIP-745). */
  async restart(connector: string, what: 'failed' | 'all', signal: AbortSignal): Promise<void> {
    const onlyFailed = what === 'failed' ? '&onlyFailed=true' : '';
    const path = `/connectors/${encodeURIComponent(connector)}/restart?includeTasks=true${onlyFailed}`;
    this.expectSuccess(await this.change('POST', path, undefined, signal), connector);
  }

  async setConfig(connector: string, config: ConnectorConfig, signal: AbortSignal): Promise<void> {
    const path = `/connectors/${encodeURIComponent(connector)}/config`;
    this.expectSuccess(await this.change('PUT', path, config, signal), connector);
  }

  /** False when there is one of that name already. */
  async createStopped(name: string, config: ConnectorConfig, signal: AbortSignal): Promise<boolean> {
    const answer = await this.change('POST', '/connectors', { name, config, initial_state: 'STOPPED' }, signal);
    if (answer.status === 409) return false;
    this.expectSuccess(answer, name);
    return true;
  }

  private async get(connector: string, what: string, signal: AbortSignal): Promise<unknown> {
    return this.expectSuccess(
      await this.ask(`/connectors/${encodeURIComponent(connector)}/${what}`, signal),
      connector,
    );
  }

  private async ask(path: string, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.change('GET', path, undefined, signal);
    } catch (error) {
      // Reading changes nothing: an answer that never came leaves nothing unknown.
      throw error instanceof OutcomeUnknownError ? new UnavailableError(error.message, { cause: error }) : error;
    }
  }

  /** Asks again for as long as Connect says that it cannot do it now, and did nothing. */
  private async change(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    for (;;) {
      const answer = await this.fetched(method, path, body, signal);
      if (!isPassing(method, answer)) {
        if (answer.status < 500) return answer;
        throw new OutcomeUnknownError(`Connect at ${this.url} failed at ${method} ${path}: ${this.quote(answer)}`);
      }
      await this.clock.sleep(RETRY_MS, signal);
      if (signal.aborted)
        throw new UnavailableError(
          `Connect at ${this.url} answered ${this.quote(answer)} to ${path} until the deadline`,
        );
    }
  }

  private async fetched(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.callTimeoutMs)]),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    } catch (error) {
      const code = codeOf(error);
      const where = `Connect at ${this.url}`;
      if (NEVER_CONNECTED.includes(code))
        throw new UnavailableError(`${where} cannot be reached: ${code}`, { cause: error });
      throw new OutcomeUnknownError(`${where} gave no answer to ${method} ${path}: ${code || messageOf(error)}`, {
        cause: error,
      });
    }
  }

  private expectSuccess(answer: Answer, connector: string): unknown {
    const { status, body } = answer;
    if (status === 404) throw new ConnectorMissingError(this.url, connector);
    if (status >= 300)
      throw new ConnectRejectedError(`Connect at ${this.url} refused a call for "${connector}": ${this.quote(answer)}`);
    return body;
  }

  private quote(answer: Answer): string {
    return this.withoutSecrets(describe(answer));
  }

  private withoutSecrets(said: string): string {
    return this.secrets.reduce((text, secret) => text.replaceAll(secret, '(secret)'), said);
  }
}

/** A rebalance takes the workers a second or so and changes nothing; neither does a read that failed. */
const isPassing = (method: string, answer: Answer): boolean =>
  (answer.status === 409 && !/already exists/.test(describe(answer))) || (answer.status >= 500 && method === 'GET');

/** The system's code of a failed `fetch`, whose own message only says that it failed. */
const codeOf = (error: unknown): string => {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code ?? '';
};

const describe = ({ status, body }: Answer): string =>
  typeof body === 'object' && body !== null && 'message' in body ? `${status} ${String(body.message)}` : String(status);
