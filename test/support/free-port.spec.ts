import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { PORTS } from '../lab/layout.js';
import { FREE_PORTS, freePort, onFreePorts, PortTakenError } from './free-port.js';

/** The default range of outgoing connections on Linux begins here. */
const FIRST_EPHEMERAL = 32_768;

describe('a free port', () => {
  it('is none that the lab uses, or that an outgoing connection may take', () => {
    expect(Math.max(...Object.values(PORTS))).toBeLessThan(FREE_PORTS.first);
    expect(FREE_PORTS.last).toBeLessThan(FIRST_EPHEMERAL);
  });

  it('is handed out once, also to those who ask at the same time', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(new Set(ports).size).toBe(ports.length);
    for (const port of ports) {
      expect(port).toBeGreaterThanOrEqual(FREE_PORTS.first);
      expect(port).toBeLessThanOrEqual(FREE_PORTS.last);
    }
  });

  it('is none that somebody listens on', async () => {
    const previous = await freePort();
    const next = previous === FREE_PORTS.last ? FREE_PORTS.first : previous + 1;
    const server = createServer().listen(next, '127.0.0.1');
    // Taken by somebody else on this machine: just as well.
    await once(server, 'listening').catch(() => undefined);
    expect(await freePort()).not.toBe(next);
    server.close();
  });
});

describe('what starts on free ports', () => {
  const failing = (failures: readonly Error[]) => {
    const left = [...failures];
    return async () => {
      const failure = left.shift();
      if (failure) throw failure;
      return 'started';
    };
  };
  const taken = new PortTakenError('address already in use');

  it('starts again when somebody was faster', async () => {
    expect(await onFreePorts(failing([taken, taken]))).toBe('started');
  });

  it('gives up in the end, and at once when it failed for another reason', async () => {
    await expect(onFreePorts(failing(Array.from({ length: 10 }, () => taken)))).rejects.toBe(taken);
    const other = new Error('no such program');
    await expect(onFreePorts(failing([other]))).rejects.toBe(other);
  });
});
