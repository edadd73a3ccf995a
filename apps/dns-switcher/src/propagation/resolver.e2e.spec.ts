import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnavailableError } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { Bind, NAME, ZONE } from '../../../../test/support/bind.js';
import { freePort, onFreePorts } from '../../../../test/support/free-port.js';
import { Unbound } from '../../../../test/support/unbound.js';
import { Resolver } from './resolver.js';

const clock = new SystemClock();
const resolverAt = (port: number) => new Resolver({ host: '127.0.0.1', port }, clock, new SystemRandom());
const soon = () => AbortSignal.timeout(10_000);

describe('a caching resolver', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-resolver-'));
  let bind: Bind;
  let unbound: Unbound;
  let bindPort: number;
  let port: number;

  beforeAll(async () => {
    bind = await onFreePorts(async () => {
      bindPort = await freePort();
      return Bind.start({ directory: join(directory, 'bind'), port: bindPort });
    });
    unbound = await onFreePorts(async () => {
      port = await freePort();
      return Unbound.start({ directory: join(directory, 'unbound'), port, zone: ZONE, servers: [bindPort] });
    });
  });

  afterAll(async () => {
    await Promise.all([bind?.end(), unbound?.end()]);
    rmSync(directory, { recursive: true });
  });

  it('gives what it holds with the time that is left, and keeps it for that long', async () => {
    const { texts, remainingTtlSeconds } = await resolverAt(port).ask(NAME, 'A', soon());
    expect(texts).toEqual(['A 192.0.2.10']);
    expect(remainingTtlSeconds).toBeGreaterThan(0);
    expect(remainingTtlSeconds).toBeLessThanOrEqual(5);
  });

  it('gives only what stands at the name, and nothing where there is nothing', async () => {
    expect(await resolverAt(port).ask(`alias.${ZONE}`, 'A', soon())).toMatchObject({ texts: [] });
    expect(await resolverAt(port).ask(`alias.${ZONE}`, 'CNAME', soon())).toMatchObject({ texts: [`CNAME ${NAME}`] });
    expect(await resolverAt(port).ask(`nowhere.${ZONE}`, 'A', soon())).toMatchObject({ texts: [] });
  });

  it('is unavailable where it refuses, where nobody listens, and where its own name is not known', async () => {
    const unknown = new Resolver({ host: 'resolver.invalid', port: 53 }, clock, new SystemRandom());
    await expect(unknown.ask(NAME, 'A', AbortSignal.timeout(5_000))).rejects.toThrow(UnavailableError);
    await expect(resolverAt(bindPort).ask('example.org', 'A', soon())).rejects.toThrow(UnavailableError);
    await expect(resolverAt(await freePort()).ask(NAME, 'A', AbortSignal.timeout(2_000))).rejects.toThrow(
      UnavailableError,
    );
  });
});
