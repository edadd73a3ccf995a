import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it, jest } from '@jest/globals';
import { freePort } from '../../../test/support/free-port.js';

/** Each test starts a process, which takes its time on a busy machine. */
jest.setTimeout(120_000);

const PROGRAM = `${import.meta.dirname}/../../../test/support/tiny-process.js`;

const start = (variables: Record<string, string>) => {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { SIGNALBOX_CONFIG: 'signalbox.yaml', SIGNALBOX_SITE: 'a', SIGNALBOX_LISTEN: '127.0.0.1:0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code]) => code as number);
  return { child, ended, stderr: text(child.stderr) };
};

/** Resolves with the first log line that holds `message`. */
const said = async (child: ReturnType<typeof start>['child'], message: string): Promise<Record<string, unknown>> => {
  for await (const line of createInterface(child.stdout)) {
    if (line.includes(message)) return JSON.parse(line) as Record<string, unknown>;
  }
  throw new Error(`the process ended without saying ${message}`);
};

describe('bootstrap', () => {
  it('starts, answers for its health, and ends with 0 on SIGTERM', async () => {
    const port = await freePort();
    const { child, ended } = start({ SIGNALBOX_LISTEN: `127.0.0.1:${port}` });
    expect(await said(child, 'is up')).toMatchObject({ level: 'info', process: 'tiny@a', site: 'a' });

    const alive = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'alive' }]);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', components: {} }]);

    const rest = text(child.stdout);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await rest).toContain('work in progress has ended');
  });

  it('answers 503 and says why while it cannot do its job at all', async () => {
    const port = await freePort();
    const { child, ended } = start({ TINY: 'blocked', SIGNALBOX_LISTEN: `127.0.0.1:${port}` });
    await said(child, 'is up');
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([answer.status, await answer.json()]).toMatchObject([
      503,
      { status: 'blocked', components: { journal: { state: 'missing', reason: 'no etcd member answers' } } },
    ]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('names every wrong variable at once and ends with 78', async () => {
    const { ended, stderr } = start({ SIGNALBOX_SITE: '', SIGNALBOX_LISTEN: 'here', LOG_LEVEL: 'loud' });
    expect(await ended).toBe(78);
    expect(await stderr).toBe(
      [
        'tiny did not start. The environment of tiny cannot be used:',
        '  SIGNALBOX_SITE: write the id of the site it runs in',
        '  SIGNALBOX_LISTEN: write host:port, for example 127.0.0.1:8080',
        '  LOG_LEVEL: write one of debug, info, warn, error',
        '',
      ].join('\n'),
    );
  });

  it('ends with 78 and one clear error when a secret is missing', async () => {
    const { ended, stderr } = start({ TINY: 'no-secret' });
    expect(await ended).toBe(78);
    expect(await stderr).toBe(
      'tiny did not start. The password of kafka-a cannot be read from /nowhere/password: ENOENT. Put it there, readable by us.\n',
    );
  });

  it('ends with 69 and says so when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { ended, stderr } = start({ SIGNALBOX_LISTEN: `127.0.0.1:${port}` });
    expect(await ended).toBe(69);
    expect(await stderr).toBe(`tiny did not start. listen EADDRINUSE: address already in use 127.0.0.1:${port}\n`);
    server.close();
  });

  it('ends with 70 on a bug of ours', async () => {
    const { child, ended } = start({ TINY: 'bug' });
    expect(await said(child, 'bug')).toMatchObject({ msg: 'Stopping because of a bug: two leaders in one epoch' });
    expect(await ended).toBe(70);
  });
});
