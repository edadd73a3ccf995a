import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { SystemClock } from '#libs/runtime';
import { until } from '../../../../test/lab/condition.js';
import { HeldConnections, type HeldListener, type Unacknowledged } from './held-connections.js';

const clock = new SystemClock();

describe('connections that are held open', () => {
  let server: Server;
  let accepted: Socket[];
  let received: Buffer;
  let listener: HeldListener;
  const all: HeldConnections[] = [];
  const holding = (unacknowledged?: Unacknowledged) => {
    const held = new HeldConnections([listener], clock, unacknowledged);
    all.push(held);
    return held;
  };
  beforeEach(async () => {
    [accepted, received] = [[], Buffer.alloc(0)];
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => undefined).on('data', (bytes) => (received = Buffer.concat([received, bytes])));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    listener = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, isTls: false };
  });
  afterEach(() => {
    for (const held of all.splice(0)) held.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  it('carry nothing before there are any, and are not there where nobody accepts', async () => {
    const held = holding();
    expect(await held.carry()).toBe(false);
    server.close();
    await held.keep();
    expect(await held.carry()).toBe(false);
  });

  it('carry, by the acknowledgement of the other kernel, also when nobody reads there', async () => {
    const held = holding();
    await held.keep();
    await until('it was accepted', 5_000, async () => expect(accepted).toHaveLength(1));
    accepted[0]?.pause();
    expect(await held.carry()).toBe(true);
    expect(await held.carry()).toBe(true);
  });

  it.each([
    [false, '00001000'],
    [true, '1603031000'],
  ])('send the beginning of something that the broker waits for; TLS: %s', async (isTls, beginning) => {
    listener = { ...listener, isTls };
    const held = holding();
    await held.keep();
    for (let sent = 0; sent < beginning.length / 2; sent += 1) expect(await held.carry()).toBe(true);
    await until('it has come', 5_000, async () => expect(received.toString('hex')).toBe(beginning));
  });

  it('are one for each listener, and opened anew when they end', async () => {
    const held = holding();
    await Promise.all([held.keep(), held.keep()]);
    await held.keep();
    await until('it was accepted', 5_000, async () => expect(accepted).toHaveLength(1));
    accepted[0]?.resetAndDestroy();
    await until('it carries nothing', 5_000, async () => expect(await held.carry()).toBe(false));
    await held.keep();
    expect(await held.carry()).toBe(true);
    await until('it was accepted', 5_000, async () => expect(accepted).toHaveLength(2));
  });

  it('are none any more once they were closed, also of those that were just being opened', async () => {
    const held = holding();
    const opening = held.keep();
    held.close();
    await opening;
    await held.keep();
    await until('none is left', 5_000, async () => {
      expect(accepted.every(({ destroyed }) => destroyed)).toBe(true);
    });
    expect(await held.carry()).toBe(false);
  });

  it('are cut where what was sent is acknowledged by nobody', async () => {
    const held = holding(async () => 1);
    await held.keep();
    expect(await held.carry()).toBe(false);
    expect(received).toHaveLength(0);
  });
});
