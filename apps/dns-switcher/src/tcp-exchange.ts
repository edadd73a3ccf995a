import { connect } from 'node:net';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { u16 } from './wire.js';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export const printAddress = ({ host, port }: ServerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/**
 * Sends one DNS message over a connection of its own and returns the answer.
 * @throws UnavailableError when there was no connection, so that nothing was asked.
 * @throws OutcomeUnknownError when the message left and no whole answer came back.
 */
export function exchange(server: ServerAddress, message: Buffer, signal: AbortSignal): Promise<Buffer> {
  const name = `name server ${printAddress(server)}`;
  return new Promise((resolve, reject) => {
    let sent = false;
    let received: Buffer = Buffer.alloc(0);
    const socket = connect({ host: server.host, port: server.port, noDelay: true });

    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const fail = (reason: string, cause?: unknown) =>
      finish(() =>
        reject(
          sent
            ? new OutcomeUnknownError(`${name} gave no answer: ${reason}`, { cause })
            : new UnavailableError(`${name} cannot be reached: ${reason}`, { cause }),
        ),
      );
    const onAbort = () => fail('the deadline passed', signal.reason);

    socket.on('connect', () => {
      sent = true;
      socket.write(Buffer.concat([u16(message.length), message]));
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const length = received.length < 2 ? Infinity : received.readUInt16BE(0);
      if (received.length >= 2 + length) finish(() => resolve(received.subarray(2, 2 + length)));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    socket.on('close', () => fail('it closed the connection'));

    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}
