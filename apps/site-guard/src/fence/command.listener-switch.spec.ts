import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { SystemClock } from '#libs/runtime';
import { CommandListenerSwitch } from './command.listener-switch.js';

const clock = new SystemClock();
const shell = (script: string) => ['sh', '-c', script];

const switchWith = (script: string, port = 1): CommandListenerSwitch =>
  new CommandListenerSwitch(
    { close: shell(script), open: shell(script), status: shell(script) },
    [{ host: '127.0.0.1', port }],
    500,
    clock,
  );

describe('the listener switch of a site', () => {
  let server: Server;
  beforeAll(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  it('takes exit 0 of status for open and 1 for closed', async () => {
    expect(await switchWith('exit 0').state()).toBe('open');
    expect(await switchWith('exit 1').state()).toBe('closed');
  });

  it('shows what a failed command said', async () => {
    const failing = switchWith('echo no such chain >&2; exit 3');
    await expect(failing.close()).rejects.toMatchObject({
      code: 'SB_FENCE_COMMAND',
      message: expect.stringMatching(/ended with 3: no such chain/),
    });
    await expect(failing.state()).rejects.toThrow(/ended with 3/);
  });

  it('names a command that does not exist', async () => {
    const missing = { close: ['/nowhere/fence'], open: ['/nowhere/fence'], status: ['/nowhere/fence'] };
    await expect(new CommandListenerSwitch(missing, [], 500, clock).close()).rejects.toThrow(/nowhere.*ENOENT/);
  });

  it('kills a command that takes too long, with what it started', async () => {
    const startedMs = clock.monotonicMs();
    await expect(switchWith('sleep 20 & sleep 20').close()).rejects.toThrow(/no answer within 500 ms/);
    expect(clock.monotonicMs() - startedMs).toBeLessThan(5_000);
  });

  it('says whether clients can connect', async () => {
    const { port } = server.address() as AddressInfo;
    expect(await switchWith('exit 0', port).answers()).toBe(true);
    expect(await switchWith('exit 0', 1).answers()).toBe(false);
  });
});
