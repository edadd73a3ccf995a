import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ConnectMirrorPositions } from './connect.mirror-positions.js';

const TIMEOUT_MS = 5_000;

describe(ConnectMirrorPositions.name, () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function answering(status: number, body: unknown): Promise<ConnectMirrorPositions> {
    server = createServer((_, response) => response.writeHead(status).end(JSON.stringify(body)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return new ConnectMirrorPositions(`http://127.0.0.1:${port}`, 'a-to-b-source', TIMEOUT_MS);
  }

  it('reads the next offset of each partition', async () => {
    const partition = { cluster: 'a', topic: 'orders', partition: 2 };
    const positions = await answering(200, {
      offsets: [
        { partition, offset: { offset: 41 } },
        { partition: { ...partition, partition: 1 }, offset: null },
      ],
    });
    expect(await positions.read()).toEqual(new Map([['orders', Float64Array.of(NaN, NaN, 42)]]));
  });

  it('knows a mirror that does not exist yet from a Connect that does not tell', async () => {
    expect(await (await answering(404, { message: 'Connector a-to-b-source not found' })).read()).toBeUndefined();
    server?.close();
    const ill = await answering(500, { message: 'Request timed out' });
    await expect(ill.read()).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
