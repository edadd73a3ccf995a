import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { ConnectClient } from './connect-client.js';

const REBALANCING = 'Cannot complete request because of a conflicting operation (e.g. worker rebalance)';

/** No answer of this test's own server takes that long, however busy the machine is. */
const PATIENT_MS = 10_000;

describe('ConnectClient', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function serving(
    respond: (request: IncomingMessage, response: ServerResponse) => void,
    callTimeoutMs = PATIENT_MS,
  ) {
    server = createServer(respond).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new ConnectClient(`http://127.0.0.1:${port}`, new SystemClock(), callTimeoutMs, [
      'user="x" password="hunter2"',
    ]);
  }

  const failing = (status: number, message: string) =>
    serving((_, response) => response.writeHead(status).end(JSON.stringify({ error_code: status, message })));
  const soon = () => AbortSignal.timeout(2 * PATIENT_MS);

  it('waits for a rebalance to end', async () => {
    let calls = 0;
    const connect = await serving((_, response) => {
      calls += 1;
      if (calls < 3) response.writeHead(409).end(JSON.stringify({ message: REBALANCING }));
      else response.writeHead(204).end();
    });
    await connect.setState('source', 'stopped', soon());
    expect(calls).toBe(3);
  });

  it('is unavailable when the rebalance outlasts the deadline: nothing was changed', async () => {
    const { url } = await failing(409, REBALANCING);
    const deadline = new AbortController();
    const clock = new SystemClock();
    // The deadline passes while it waits to ask again: no request is under way whose outcome would be unknown.
    clock.sleep = () => Promise.resolve(deadline.abort());
    const stopping = new ConnectClient(url, clock, PATIENT_MS).setState('source', 'stopped', deadline.signal);
    await expect(stopping).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });

  it('says that a connector of that name exists, instead of waiting for it to go', async () => {
    const connect = await failing(409, 'Connector source already exists');
    expect(await connect.createStopped('source', {}, soon())).toBe(false);
  });

  it('names the connector that is missing, and where', async () => {
    const connect = await failing(404, 'Unknown connector source');
    const failure = connect.setState('source', 'stopped', soon());
    await expect(failure).rejects.toMatchObject({ code: 'SB_CONNECTOR_MISSING', retryable: false });
    await expect(failure).rejects.toThrow(`${connect.url} has no connector "source"`);
  });

  it('passes on what Connect says of a refused configuration', async () => {
    const connect = await failing(400, 'Connector configuration is invalid');
    const failure = connect.setConfig('source', {}, soon());
    await expect(failure).rejects.toMatchObject({ code: 'SB_CONNECT_REJECTED' });
    await expect(failure).rejects.toThrow('configuration is invalid');
  });

  it('repeats no secret that Connect quotes', async () => {
    const message = 'Invalid value user="x" password="hunter2" for configuration sasl.jaas.config';
    const refused = (await failing(400, message)).createStopped('source', {}, soon());
    await expect(refused).rejects.toThrow('Invalid value (secret) for configuration');
    server?.close();
    const failed = (await failing(500, message)).createStopped('source', {}, soon());
    await expect(failed).rejects.toThrow('Invalid value (secret) for configuration');
  });

  it('cannot tell what an internal error left behind', async () => {
    const connect = await failing(500, 'Request timed out');
    await expect(connect.setState('source', 'stopped', soon())).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
  });

  it('reads again after an internal error, until the deadline', async () => {
    const { url } = await failing(500, 'Request timed out');
    const deadline = new AbortController();
    const clock = new SystemClock();
    let waits = 0;
    // The deadline passes while it waits to ask for the third time: what it says is what it was told.
    clock.sleep = () => Promise.resolve(++waits === 2 ? deadline.abort() : undefined);
    const failure = new ConnectClient(url, clock, PATIENT_MS).status('source', deadline.signal);
    await expect(failure).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(failure).rejects.toThrow('500 Request timed out');
    expect(waits).toBe(2);
  });

  it('cannot tell what a silent Connect did, and does not wait for it beyond the time of a call', async () => {
    const connect = await serving(() => undefined, 300);
    await expect(connect.setState('source', 'stopped', soon())).rejects.toMatchObject({ code: 'SB_OUTCOME_UNKNOWN' });
    await expect(connect.status('source', soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });

  it('is unavailable when nobody listens', async () => {
    const connect = await serving(() => undefined);
    await new Promise((resolve) => server?.close(resolve));
    const failure = connect.setState('source', 'stopped', soon());
    await expect(failure).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(failure).rejects.toThrow('ECONNREFUSED');
  });
});
