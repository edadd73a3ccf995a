import type { TLSSocket } from 'node:tls';
import { Connection } from '@platformatic/kafka';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { describeAccess, type BrokerAddress, type ClusterAccess } from './cluster-access.js';
import { isOutage, loginRefusedBy, rootMessage } from './platformatic.errors.js';

type Api<Args extends unknown[], Answer> = {
  readonly async: (connection: Connection, ...args: Args) => Promise<Answer>;
};

/** One broker, one socket: connected when it is needed, and again when it was lost. Never retries. */
export class BrokerConnection {
  private connection?: Connection;
  private connecting?: Promise<Connection>;

  constructor(
    private readonly access: ClusterAccess,
    readonly address: BrokerAddress,
  ) {}

  /**
   * Sends one request; an answer with error codes is thrown as the client's ResponseError.
   * @throws UnavailableError or KafkaAuthenticationError when it was not sent, OutcomeUnknownError when no answer came.
   */
  async call<Args extends unknown[], Answer>(api: Api<Args, Answer>, ...args: Args): Promise<Answer> {
    const connection = await this.ready();
    try {
      return await api.async(connection, ...args);
    } catch (error) {
      if (isAnswer(error) || !isOutage(error)) throw error;
      throw new OutcomeUnknownError(`No answer from ${this.where}: ${rootMessage(error)}`, { cause: error });
    }
  }

  /** When the broker's certificate ends; `undefined` without TLS or while not connected. */
  certificateEnd(): Date | undefined {
    if (!this.access.tls || !this.connection?.isConnected()) return undefined;
    return new Date((this.connection.socket as TLSSocket).getPeerCertificate().valid_to);
  }

  async close(): Promise<void> {
    await this.connecting?.catch(() => undefined);
    await this.connection?.close();
  }

  get where(): string {
    return `${this.address.host}:${this.address.port} of ${describeAccess(this.access)}`;
  }

  private ready(): Promise<Connection> {
    if (this.connection?.isConnected()) return Promise.resolve(this.connection);
    this.connecting ??= this.open().finally(() => (this.connecting = undefined));
    return this.connecting;
  }

  private async open(): Promise<Connection> {
    const { credentials, tls, timeoutMs } = this.access;
    const connection = new Connection('signalbox', {
      connectTimeout: timeoutMs,
      requestTimeout: timeoutMs,
      // Nothing queues behind a slow request: each is sent at once and has its own deadline.
      maxInflights: 100,
      ...(tls && { tls: { ...tls, servername: tls.servername ?? this.address.host } }),
      ...(credentials && { sasl: credentials }),
    });
    // The client emits 'error' beside rejecting; without a listener Node would end the process.
    connection.on('error', () => undefined);
    try {
      await connection.connect(this.address.host, this.address.port);
    } catch (error) {
      void connection.close().catch(() => undefined);
      const refusal = loginRefusedBy(this.where, error);
      if (refusal || !isOutage(error)) throw refusal ?? error;
      throw new UnavailableError(`Cannot connect to ${this.where}: ${rootMessage(error)}`, { cause: error });
    }
    this.connection = connection;
    return connection;
  }
}

const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'PLT_KFK_RESPONSE';
