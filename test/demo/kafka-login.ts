import { Kafka, logLevel } from 'kafkajs';

/** How the demo's clients log in: as the application, whom a fence binds. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What an application on a short leash would choose: a frozen broker costs half a second, a dead one nothing. */
const TIMEOUT_MS = 500;

/** One try and no more: the application asks the name again after every error. */
export const kafkaAt = (address: string, { username, password }: Login): Kafka =>
  new Kafka({
    clientId: 'demo',
    brokers: [address],
    sasl: { mechanism: 'plain', username, password },
    connectionTimeout: TIMEOUT_MS,
    authenticationTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
