import { connect } from 'node:net';
import type { BrokerAddress } from '#libs/kafka';
import type { Clock } from '#libs/runtime';

/** A connection attempt on a healthy network is answered, one way or the other, long before. */
const CONNECT_WITHIN_MS = 200;

/** Whether a new connection is accepted at any of them. */
export async function isAnyAccepting(listeners: readonly BrokerAddress[], clock: Clock): Promise<boolean> {
  const answers = await Promise.all(listeners.map((listener) => accepts(listener, clock)));
  return answers.includes(true);
}

async function accepts({ host, port }: BrokerAddress, clock: Clock): Promise<boolean> {
  const socket = connect({ host, port });
  const ended = new AbortController();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
  void clock.sleep(CONNECT_WITHIN_MS, ended.signal).then(() => resolve(false));
  const answered = await promise;
  ended.abort();
  socket.destroy();
  return answered;
}
