import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { UnavailableError } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import { idOf, printAddress, type ServerAddress } from '../tcp-exchange.js';

/** A datagram may get lost on its way, in either direction. */
const SEND_AGAIN_MS = 400;
const HEADER_BYTES = 12;

/**
 * Sends one DNS query from a port of its own and returns the answer that carries its id; the socket is connected, so that
 * nobody else's arrives. Sends it again while nothing comes.
 * @throws UnavailableError when no answer came before `signal` aborted
 */
export function askByUdp(server: ServerAddress, query: Buffer, clock: Clock, signal: AbortSignal): Promise<Buffer> {
  const name = `resolver ${printAddress(server)}`;
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  const answered = new AbortController();
  const over = AbortSignal.any([answered.signal, signal]);
  const sendUntilOver = async () => {
    while (!over.aborted) {
      socket.send(query);
      await clock.sleep(SEND_AGAIN_MS, over);
    }
  };
  return new Promise<Buffer>((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) =>
      reject(new UnavailableError(`${name} gave no answer: ${reason}`, { cause }));
    const onAbort = () => fail('the deadline passed', signal.reason);
    // One that comes after the end settles nothing any more, and must not end the process.
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    socket.on('message', (message) => {
      if (message.length >= HEADER_BYTES && idOf(message) === idOf(query)) resolve(message);
    });
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    // Where its host is not known this is called all the same, with the error.
    const onConnect = (error?: NodeJS.ErrnoException) =>
      error ? fail(error.code ?? error.message, error) : void sendUntilOver().catch(reject);
    socket.connect(server.port, server.host, onConnect);
  }).finally(() => {
    answered.abort();
    socket.close();
  });
}
