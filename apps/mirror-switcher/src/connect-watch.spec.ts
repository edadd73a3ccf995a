import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryLog, ProcessReadiness, SystemClock } from '#libs/runtime';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ConnectClient } from './connect-client.js';
import { ConnectWatch } from './connect-watch.js';
import { STOPS_WITHOUT_ITS_SOURCE } from './connector-config.js';

const LONG_MS = 5_000;

describe('ConnectWatch', () => {
  let connectors: Record<string, object>;
  let server: Server;
  let url: string;
  let asked: number;
  let clock: VirtualClock;
  let log: InMemoryLog;
  let readiness: ProcessReadiness;
  let watch: ConnectWatch;

  beforeEach(async () => {
    connectors = { source: STOPS_WITHOUT_ITS_SOURCE, checkpoint: STOPS_WITHOUT_ITS_SOURCE };
    asked = 0;
    server = createServer((request, response) => {
      asked += 1;
      const config = connectors[request.url!.split('/')[2]!];
      response.writeHead(config ? 200 : 404).end(JSON.stringify(config ?? { message: 'not found' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    clock = new VirtualClock();
    log = new InMemoryLog();
    readiness = new ProcessReadiness(log, clock);
    const flow = { connect: new ConnectClient(url, new SystemClock(), LONG_MS), connectors: ['source', 'checkpoint'] };
    watch = new ConnectWatch([flow], { clock, readiness, log }, LONG_MS);
    watch.start();
  });

  afterEach(() => {
    watch.stop();
    server.closeAllConnections();
    server.close();
  });

  /** Real calls take real time; the next round is as far away as the virtual clock says. */
  const until = async (holds: () => boolean) => {
    const real = new SystemClock();
    const startedMs = real.monotonicMs();
    while (!holds()) {
      if (real.monotonicMs() - startedMs > LONG_MS) throw new Error(`not within ${LONG_MS} ms: ${String(holds)}`);
      await real.sleep(5);
    }
  };
  const state = () => readiness.report().components[`Connect at ${url}`]?.state;
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) {
      const before = asked;
      await until(() => state() !== undefined);
      await clock.advance(5_000);
      await until(() => asked > before);
    }
  };

  it('is ready when Connect answers and every connector stops quickly', async () => {
    await rounds(2);
    await until(() => state() === 'ready');
    expect(log.lines).toEqual([]);
  });

  it('is ready, and silent, when the flow has no connectors yet', async () => {
    connectors = {};
    await rounds(2);
    await until(() => state() === 'ready');
    expect(log.lines).toEqual([]);
  });

  it('says once which connector would stop too slowly, and why', async () => {
    connectors['source'] = { 'admin.timeout.ms': '3000' };
    await rounds(3);
    const warnings = log.lines.filter(({ level }) => level === 'warn');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/Connector source .* to stop without its source: set source\.admin/),
    ]);
    expect(state()).toBe('ready');
  });

  it('says once which connector may copy twice, and what makes it stop that', async () => {
    connectors['source'] = { ...STOPS_WITHOUT_ITS_SOURCE, 'connector.class': 'a.b.MirrorSourceConnector' };
    await rounds(3);
    expect(log.lines.map(({ level, message }) => [level, message])).toEqual([
      [
        'warn',
        expect.stringMatching(/Connector source .* twice .*: set producer\.override\.enable\.idempotence to true/),
      ],
    ]);
    connectors['source'] = { ...connectors['source'], 'producer.override.enable.idempotence': 'true' };
    await rounds(2);
    await until(() => log.lines.length === 2);
    expect(log.lines[1]?.message).toMatch(/Connector source .* copies nothing twice/);
  });

  it('says that Connect is missing', async () => {
    await until(() => state() === 'ready');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await clock.advance(5_000);
    await until(() => state() === 'missing');
    expect(log.lines.map(({ message }) => message)).toEqual([expect.stringContaining(`Connect at ${url}`)]);
  });
});
