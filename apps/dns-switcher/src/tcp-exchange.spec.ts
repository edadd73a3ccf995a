import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { exchange } from './tcp-exchange.js';
import { u16 } from './wire.js';

let listener: Server | undefined;
afterEach(() => {
  listener?.close();
});

const message = (id: number, text: string) => Buffer.concat([u16(id), Buffer.alloc(10), Buffer.from(text)]);
const framed = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes]);

it('matches answers to questions, in whatever order and pieces they come', async () => {
  const stream = Buffer.concat([
    framed(message(2, 'second')),
    framed(message(9, 'nobody')),
    framed(message(1, 'first')),
  ]);
  listener = createServer({ noDelay: true }, (socket) => {
    const next = (at: number) => {
      if (at < stream.length) socket.write(stream.subarray(at, at + 1), () => next(at + 1));
    };
    socket.once('data', () => next(0));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server = { host: '127.0.0.1', port: (listener.address() as AddressInfo).port };
  const answers = await exchange(server, [message(1, '?'), message(2, '?')], AbortSignal.timeout(2_000));
  expect(answers.map((answer) => answer.toString('utf8', 12))).toEqual(['first', 'second']);
});
