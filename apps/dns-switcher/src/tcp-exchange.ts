import { connect } from 'node:net';
import { OutcomeUnknownError, UnavailableError } from '#libs/domain';
import { u16 } from './wire.js';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export const printAddress = ({ host, port }: ServerAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const HEADER_BYTES = 12;
export const idOf = (message: Buffer): number => message.readUInt16BE(0);

/**
 * Sends DNS messages over one connection of their own, all at once, and returns their answers in the same order. They
 * must differ by id: a server may answer them in any order (RFC 7766 §7).
 * @throws UnavailableError when there was no connection, so that nothing was asked.
 * @throws OutcomeUnknownError when the messages left and not every one was answered.
 */
export function exchange(
  server: ServerAddress,
  messages: readonly Buffer[],
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const name = `name server ${printAddress(server)}`;
  return new Promise((resolve, reject) => {
    let sent = false;
    let received: Buffer = Buffer.alloc(0);
    const answers = new Map<number, Buffer>();
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
      socket.write(Buffer.concat(messages.flatMap((message) => [u16(message.length), message])));
    });
    socket.on('data', (chunk: Buffer) => {
      const { frames, rest } = splitFrames(Buffer.concat([received, chunk]));
      received = rest;
      for (const frame of frames) if (frame.length >= HEADER_BYTES) answers.set(idOf(frame), frame);
      const inOrder = messages.map((message) => answers.get(idOf(message)));
      if (isComplete(inOrder)) finish(() => resolve(inOrder));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message, error));
    socket.on('close', () => fail('it closed the connection'));

    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
}

const isComplete = (answers: (Buffer | undefined)[]): answers is Buffer[] => !answers.includes(undefined);

/** Every message on a stream is preceded by its length (RFC 1035 §4.2.2). */
function splitFrames(stream: Buffer): { readonly frames: readonly Buffer[]; readonly rest: Buffer } {
  const frames: Buffer[] = [];
  let at = 0;
  while (stream.length >= at + 2 && stream.length >= at + 2 + stream.readUInt16BE(at)) {
    const end = at + 2 + stream.readUInt16BE(at);
    frames.push(stream.subarray(at + 2, end));
    at = end;
  }
  return { frames, rest: stream.subarray(at) };
}
