import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { epoch, groupId, siteId, type RunId } from '#libs/domain';
import { SystemClock } from '#libs/runtime';
import { CommandListenerSwitch } from './command.listener-switch.js';

const clock = new SystemClock();
const options = { timeoutMs: 500, site: siteId('a') };
const order = { group: groupId('orders'), epoch: epoch(7) };
const shell = (script: string) => ['sh', '-c', script];

const switchWith = (script: string, port = 1): CommandListenerSwitch =>
  new CommandListenerSwitch(
    { close: shell(script), open: shell(script), status: shell(script) },
    [{ host: '127.0.0.1', port }],
    clock,
    options,
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
    await expect(failing.close(order)).rejects.toMatchObject({
      code: 'SB_FENCE_COMMAND',
      message: expect.stringMatching(/ended with 3: no such chain/),
    });
    await expect(failing.state()).rejects.toThrow(/ended with 3/);
  });

  it('names a command that does not exist', async () => {
    const missing = { close: ['/nowhere/fence'], open: ['/nowhere/fence'], status: ['/nowhere/fence'] };
    await expect(new CommandListenerSwitch(missing, [], clock, options).close(order)).rejects.toThrow(
      /nowhere.*ENOENT/,
    );
  });

  it('kills a command that takes too long, with what it started', async () => {
    const startedMs = clock.monotonicMs();
    await expect(switchWith('sleep 20 & sleep 20').close(order)).rejects.toThrow(/no answer within 500 ms/);
    expect(clock.monotonicMs() - startedMs).toBeLessThan(5_000);
  });

  it('tells a command for whom, under which epoch and at which site it is run', async () => {
    const shows = switchWith('echo "$SIGNALBOX_SITE/$SIGNALBOX_GROUP/$SIGNALBOX_EPOCH/$SIGNALBOX_RUN"; exit 3');
    await expect(shows.close({ ...order, run: 'orders-12' as RunId })).rejects.toThrow('with 3: a/orders/7/orders-12.');
    await expect(shows.open({ ...order, epoch: epoch(8) })).rejects.toThrow('with 3: a/orders/8/.');
    await expect(shows.state()).rejects.toThrow('with 3: a///.');
  });

  it('leaves what the guard itself was given where it is: PATH, for one', async () => {
    expect(await switchWith('test -n "$PATH"').state()).toBe('open');
  });

  it('says whether clients can connect', async () => {
    const { port } = server.address() as AddressInfo;
    expect(await switchWith('exit 0', port).answers()).toBe(true);
    expect(await switchWith('exit 0', 1).answers()).toBe(false);
  });
});
