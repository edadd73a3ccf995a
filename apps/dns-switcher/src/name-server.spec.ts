import { createSecretKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { NameServer } from './name-server.js';
import type { TsigKey } from './tsig.js';
import { u16 } from './wire.js';

const KEY: TsigKey = { name: 'signalbox', algorithm: 'hmac-sha256', secret: createSecretKey(Buffer.from('secret')) };
const UPDATE = { zone: 'example', remove: [], create: [], absent: [] };

describe('NameServer', () => {
  let listener: Server | undefined;
  afterEach(() => {
    listener?.close();
  });

  /** A name server that does `respond` with every request it reads. */
  async function served(respond: (request: Buffer, socket: Socket) => void): Promise<NameServer> {
    listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => respond((chunk as Buffer).subarray(2), socket));
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    return new NameServer({ host: '127.0.0.1', port }, new SystemClock(), new SystemRandom(), KEY);
  }

  /** An unsigned answer with this response code. */
  const unsigned = (request: Buffer, rcode: number) =>
    Buffer.concat([u16(12), request.subarray(0, 2), u16(0xa800 | rcode), Buffer.alloc(8)]);

  const updating = (server: NameServer, ms = 500) => server.update(UPDATE, AbortSignal.timeout(ms));

  it('does not believe an unsigned yes', async () => {
    const server = await served((request, socket) => socket.write(unsigned(request, 0)));
    await expect(updating(server)).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
  });

  it('does not believe that a prerequisite failed, when that is unsigned', async () => {
    const server = await served((request, socket) => socket.write(unsigned(request, 8)));
    await expect(updating(server)).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
  });

  it('says what to do about an unsigned refusal', async () => {
    const server = await served((request, socket) => socket.write(unsigned(request, 9)));
    const failure = updating(server);
    await expect(failure).rejects.toMatchObject({ code: 'SB_DNS_REJECTED', answer: 'NOTAUTH' });
    await expect(failure).rejects.toThrow('not the primary of this zone, or does not accept TSIG key "signalbox"');
  });

  it.each([
    ['closes the connection', (_: Buffer, socket: Socket) => socket.destroy()],
    ['resets the connection', (_: Buffer, socket: Socket) => socket.resetAndDestroy()],
    ['answers half', (request: Buffer, socket: Socket) => socket.end(unsigned(request, 0).subarray(0, 9))],
    ['answers another request', (_: Buffer, socket: Socket) => socket.write(unsigned(Buffer.alloc(2, 1), 0))],
    ['answers with noise', (_: Buffer, socket: Socket) => socket.write(Buffer.from('0003ffffff', 'hex'))],
    ['says nothing', () => undefined],
  ])('cannot tell the outcome when the server %s', async (_, respond) => {
    await expect(updating(await served(respond), 200)).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
  });

  it('takes an unanswered query for an unavailable server, since nothing can have changed', async () => {
    const server = await served(() => undefined);
    const asking = server.query([{ name: 'example', type: 'A' }], AbortSignal.timeout(100));
    await expect(asking).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });

  it('is unavailable when nobody listens', async () => {
    const server = await served(() => undefined);
    await new Promise((resolve) => listener?.close(resolve));
    await expect(updating(server)).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(updating(server)).rejects.toThrow(server.address);
  });

  it('asks nothing once the deadline has passed', async () => {
    const server = await served(() => undefined);
    await expect(server.update(UPDATE, AbortSignal.abort())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
