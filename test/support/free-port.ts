import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { SystemRandom } from '#libs/runtime';

/**
 * Below what the kernel gives to outgoing connections (32768 and up on Linux): nobody but a server takes these, and a
 * client that tries again and again never ends up connected to itself. Above the lab's fixed ports.
 */
export const FREE_PORTS = { first: 20_000, last: 32_000 } as const;

const COUNT = FREE_PORTS.last - FREE_PORTS.first + 1;
/** At random, so that two processes which take ports at the same time are far from each other. */
const start = Math.floor(new SystemRandom().fraction() * COUNT);
let handedOut = 0;

/** A loopback port that nobody listens on, by TCP or UDP. This process gets none twice. */
export async function freePort(): Promise<number> {
  while (handedOut < COUNT) {
    const port = FREE_PORTS.first + ((start + handedOut++) % COUNT);
    if ((await isFreeByTcp(port)) && (await isFreeByUdp(port))) return port;
  }
  throw new Error(`no port is left of ${FREE_PORTS.first} to ${FREE_PORTS.last}`);
}

/** Nobody listens there. */
export const freeUrl = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

/** Somebody took a port between its choice and its use. */
export class PortTakenError extends Error {}

const ATTEMPTS = 5;

/** Calls `start`, which chooses its ports by `freePort`; again, when somebody else was faster. */
export async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function isFreeByTcp(port: number): Promise<boolean> {
  const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function isFreeByUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4').bind({ port, address: '127.0.0.1', exclusive: true });
  try {
    await once(socket, 'listening');
  } catch {
    return false;
  }
  socket.close();
  await once(socket, 'close');
  return true;
}
