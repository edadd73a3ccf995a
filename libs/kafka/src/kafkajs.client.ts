import kafkajs, { type Admin } from 'kafkajs';
import { OutcomeUnknownError, type SignalboxError, UnavailableError } from '#libs/domain';
import { describeAccess, type ClusterAccess } from './cluster-access.js';
import { KafkaAuthenticationError, KafkaRefusedError } from './errors.js';

/** Every limit explicit and no retries: its defaults wait 30 s for a frozen broker and for ever when not enforced. */
export const adminClient = (access: ClusterAccess): Admin =>
  new kafkajs.Kafka({
    clientId: 'signalbox',
    brokers: access.bootstrap.map(({ host, port }) => `${host}:${port}`),
    connectionTimeout: access.timeoutMs,
    authenticationTimeout: access.timeoutMs,
    requestTimeout: access.timeoutMs,
    enforceRequestTimeout: true,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING,
    ...(access.tls && { ssl: access.tls }),
    ...(access.credentials && {
      sasl: {
        mechanism: access.credentials.mechanism.toLowerCase() as 'plain',
        username: access.credentials.username,
        password: access.credentials.password(),
      },
    }),
  }).admin();

/** `changing`: whether a call without an answer may have changed something. */
export const fromKafkajs = (access: ClusterAccess, error: unknown, changing: boolean): SignalboxError => {
  const where = describeAccess(access);
  const cause = rootOf(error);
  if (cause.name === 'KafkaJSSASLAuthenticationError') {
    return new KafkaAuthenticationError(
      `${capitalised(where)}: the login was refused. Check user, password and SASL mechanism.`,
      { cause },
    );
  }
  if ('type' in cause && typeof cause.type === 'string') {
    return new KafkaRefusedError(`${capitalised(where)} answered ${cause.type}.`, cause.type, { cause });
  }
  return changing && cause.name !== 'KafkaJSConnectionError'
    ? new OutcomeUnknownError(`No answer from ${where} within ${access.timeoutMs} ms.`, { cause })
    : new UnavailableError(`Cannot reach ${where} within ${access.timeoutMs} ms.`, { cause });
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The client wraps what happened in "number of retries exceeded", also with none. */
const rootOf = (error: unknown): Error => {
  if (!(error instanceof Error)) return new Error(String(error));
  const { name, cause } = error;
  return name === 'KafkaJSNumberOfRetriesExceeded' && cause instanceof Error ? rootOf(cause) : error;
};

/** One admin connection that is made when it is needed, and again after a call failed. */
export class AdminSession {
  private opening?: Promise<Admin>;

  constructor(private readonly access: ClusterAccess) {}

  async call<T>(changing: boolean, use: (admin: Admin) => Promise<T>): Promise<T> {
    this.opening ??= this.open();
    const admin = await this.opening;
    try {
      return await use(admin);
    } catch (error) {
      this.opening = undefined;
      void admin.disconnect().catch(() => undefined);
      throw fromKafkajs(this.access, error, changing);
    }
  }

  async close(): Promise<void> {
    const admin = await this.opening?.catch(() => undefined);
    await admin?.disconnect();
  }

  private async open(): Promise<Admin> {
    const admin = adminClient(this.access);
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.opening = undefined;
      void admin.disconnect().catch(() => undefined);
      throw fromKafkajs(this.access, error, false);
    }
  }
}
