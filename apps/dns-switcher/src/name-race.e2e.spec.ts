import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { Bind, KEY, NAME, ZONE } from '../../../test/support/bind.js';
import { freePort, onFreePorts } from '../../../test/support/free-port.js';
import { raceForName } from '../../../test/support/name-race.js';
import { Nsupdate, NsupdateNameProvider } from '../../../test/support/nsupdate.js';
import { NameServer } from './name-server.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';

const ROUNDS = 200;
/** Shown once is enough. */
const PLAIN_ROUNDS = 20;
const clock = new SystemClock();
const random = new SystemRandom();

describe('two switchers with different epochs at one name of BIND', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-race-'));
  let bind: Bind;
  let port: number;
  let clients: readonly [Nsupdate, Nsupdate];

  beforeAll(async () => {
    clients = [await Nsupdate.start(), await Nsupdate.start()];
    bind = await onFreePorts(async () => Bind.start({ directory, port: (port = await freePort()) }));
  });
  afterAll(async () => {
    await Promise.all([bind, ...(clients ?? [])].map((part) => part?.end()));
    rmSync(directory, { recursive: true });
  });

  const provider = () =>
    new Rfc2136NameProvider(ZONE, {
      primary: new NameServer({ host: '127.0.0.1', port }, clock, random, KEY),
      secondaries: [],
    });

  const byNsupdate = ({ compares }: { readonly compares: boolean }) => {
    const [lower, higher] = clients.map((client) => new NsupdateNameProvider(provider(), client, { port, compares }));
    return { lower: lower!, higher: higher! };
  };

  it(`end with the higher one ${ROUNDS} times of ${ROUNDS}, and the server refuses what the lower one sends late`, async () => {
    const tally = await raceForName(NAME, ROUNDS, { lower: provider(), higher: provider() }, random);
    process.stderr.write(`race on BIND: ${JSON.stringify(tally)}\n`);
    expect(tally).toEqual({ rounds: ROUNDS, higherStands: ROUNDS, lowerRefused: ROUNDS, mixed: 0 });
  });

  it('end with the lower one when they send plain updates, which compare nothing', async () => {
    const tally = await raceForName(NAME, PLAIN_ROUNDS, byNsupdate({ compares: false }), random);
    process.stderr.write(`the same with plain updates: ${JSON.stringify(tally)}\n`);
    expect(tally).toMatchObject({ rounds: PLAIN_ROUNDS, higherStands: 0, lowerRefused: 0 });
  });

  it('end with the higher one when BIND’s own client sends what we would send', async () => {
    const tally = await raceForName(NAME, PLAIN_ROUNDS, byNsupdate({ compares: true }), random);
    expect(tally).toMatchObject({ higherStands: PLAIN_ROUNDS, lowerRefused: PLAIN_ROUNDS, mixed: 0 });
  });
});
