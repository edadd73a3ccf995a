import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, type NameTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { KEY, NAME, ZONE } from '../../../test/support/bind.js';
import type { ChildPart } from '../../../test/support/child-part.js';
import { freePort, onFreePorts } from '../../../test/support/free-port.js';
import { raceForName } from '../../../test/support/name-race.js';
import { databaseIn, startPowerDns } from '../../../test/support/powerdns.js';
import { Doors } from './doors.js';
import { NameServer } from './name-server.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';
import { setsOf } from './target-sets.js';

const ROUNDS = 40;
const CALL_TIMEOUT_MS = 10_000;
const OWNER = { installation: 'test', group: 'orders' };
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(60_000);

describe('two PowerDNS over one database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-doors-'));
  let ports: readonly [number, number];
  let parts: readonly ChildPart[] = [];

  const door = (port: number) => new NameServer({ host: '127.0.0.1', port }, clock, new SystemRandom(), KEY);
  const through = (primary: NameServer | Doors) => new Rfc2136NameProvider(ZONE, { primary, secondaries: [] });
  const switchTo = async (primary: NameServer | Doors, target: NameTarget) => {
    const provider = through(primary);
    const [seen] = await provider.read([NAME], soon());
    const stamp = { epoch: epoch(seen!.stamp.epoch + 1), owner: OWNER };
    const sets = setsOf(NAME, target, {}, seen!.sets);
    const { outcome } = await provider.apply({ names: [{ seen: seen!, sets, stamp }] }, soon());
    const [after] = await provider.read([NAME], soon());
    return { outcome, isShown: after!.stamp.epoch === stamp.epoch };
  };

  beforeAll(async () => {
    parts = await onFreePorts(async () => {
      ports = [await freePort(), await freePort()];
      const folder = (name: string) => join(directory, name);
      const first = await startPowerDns({ directory: folder('first'), port: ports[0] });
      const database = databaseIn(folder('first'));
      return [first, await startPowerDns({ directory: folder('second'), port: ports[1], database })];
    });
  });
  afterAll(async () => {
    await Promise.all(parts.map((part) => part.kill()));
    rmSync(directory, { recursive: true });
  });

  it('have one fence: the higher epoch stands and the lower is refused, whichever of them each one asks', async () => {
    const [lower, higher] = ports.map((port) => through(door(port)));
    const tally = await raceForName(NAME, ROUNDS, { lower: lower!, higher: higher! }, new SystemRandom());
    expect(tally).toEqual({ rounds: ROUNDS, higherStands: ROUNDS, lowerRefused: ROUNDS, mixed: 0 });
  });

  it('are written through the second one while the first hangs, and while it is gone', async () => {
    const doors = new Doors(
      ports.map((port) => door(port)),
      CALL_TIMEOUT_MS,
    );
    const target = { addresses: ['192.0.2.77'], ttlSeconds: 5 };
    await parts[0]!.freeze();
    try {
      // Reading finds out which one answers, so that the update goes there.
      expect(await switchTo(doors, target)).toEqual({ outcome: 'applied', isShown: true });
    } finally {
      parts[0]!.thaw();
    }
    await parts[0]!.kill();
    const anew = new Doors(
      ports.map((port) => door(port)),
      CALL_TIMEOUT_MS,
    );
    expect(await switchTo(anew, target)).toEqual({ outcome: 'applied', isShown: true });
  });
});
