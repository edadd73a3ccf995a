import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { InMemoryLog, Metrics, ProcessReadiness } from '#libs/runtime';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { DeadManService } from './dead-man-service.js';
import { Heartbeat } from './heartbeat.js';
import { HttpDeadManService } from './http.dead-man-service.js';

class Listener extends DeadManService {
  problem: string | undefined;
  override hear = () => Promise.resolve(this.problem);
}

const beating = () => {
  const clock = new VirtualClock();
  const log = new InMemoryLog();
  const readiness = new ProcessReadiness(log, clock);
  readiness.started();
  const [service, metrics] = [new Listener(), new Metrics()];
  const heartbeat = new Heartbeat({ service, clock, log, metrics, readiness }, 30_000);
  heartbeat.onApplicationBootstrap();
  const counted = () =>
    Object.fromEntries(metrics.read().flatMap(([, all]) => all.map(({ labels, value }) => [labels['outcome'], value])));
  return { clock, log, readiness, service, heartbeat, counted };
};

describe(Heartbeat.name, () => {
  it('is heard for as long as this orchestrator could decide, and withheld while the journal is away', async () => {
    const { clock, readiness, heartbeat, counted } = beating();
    await clock.advance(61_000);
    expect(counted()).toEqual({ taken: 3 });
    readiness.missing('journal', 'no majority');
    await clock.advance(30_000);
    readiness.ready('journal');
    await clock.advance(30_000);
    expect(counted()).toEqual({ taken: 4, withheld: 1 });
    heartbeat.beforeApplicationShutdown();
    await clock.advance(90_000);
    expect(counted()).toEqual({ taken: 4, withheld: 1 });
  });

  it('says once that nobody hears it', async () => {
    const { clock, log, service, heartbeat, counted } = beating();
    service.problem = 'it answered 500';
    await clock.advance(95_000);
    expect(counted()).toEqual({ taken: 1, failed: 3 });
    expect(log.lines.map(({ message }) => message)).toEqual([
      'The dead-man service takes no heartbeat: it answered 500',
    ]);
    heartbeat.beforeApplicationShutdown();
  });
});

describe(HttpDeadManService.name, () => {
  it.each([
    [200, undefined],
    [302, 'answered 302'],
    [500, 'answered 500'],
  ])('takes %i for %s, goes to no other address, and never tells the path', async (status, expected) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status, { location: '/elsewhere' }).end('x');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const problem = await new HttpDeadManService(new URL(`http://127.0.0.1:${port}/ping/secret`), 30_000).hear();
    expect(problem).toEqual(expected === undefined ? undefined : `127.0.0.1:${port} ${expected}`);
    expect(asked).toEqual(['/ping/secret']);
    server.closeAllConnections();
    server.close();
  });

  it('is not to be led to an address that gives away the credentials of a machine', async () => {
    const problem = await new HttpDeadManService(new URL('http://169.254.169.254/latest/secret'), 30_000).hear();
    expect(problem).toContain('169.254.169.254 gave no answer');
    expect(problem).not.toContain('/latest');
  });
});
