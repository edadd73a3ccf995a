import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock, SystemRandom } from '#libs/runtime';
import type { TsigKey } from '../../apps/dns-switcher/src/tsig.js';
import { NameServer } from '../../apps/dns-switcher/src/name-server.js';
import { KAFKA_NAME, TSIG_ALGORITHM, TSIG_KEY_NAME, tsigSecretFile, ZONE } from '../lab/bind.js';
import { pointClients } from '../lab/client-config.js';
import { Lab } from '../lab/lab.js';
import { PORTS } from '../lab/layout.js';
import { readLogs } from './aftermath.js';
import { Clients } from './clients.js';
import { count, imbalance } from './counts.js';
import { firstServed } from './ledger.js';
import { isPinned } from './pinned-client.js';
import { waitFor } from './steady.js';

const clock = new SystemClock();
const limits = { clock, withinMs: 60_000 };

/** The demo's instruments on real parts, without anything of Signalbox: a person moves the name and the file. */
describe('the demo clients', () => {
  let lab: Lab;
  beforeAll(async () => {
    // The test moves the clients itself: a Signalbox that acted would do it too, or hold B closed until somebody approves.
    lab = await Lab.up({ mode: 'observe' });
  }, 300_000);
  afterAll(() => lab?.down());

  const pointNameToB = async () => {
    const secret = readFileSync(lab.run.file('secrets', tsigSecretFile), 'utf8');
    const key: TsigKey = {
      name: TSIG_KEY_NAME,
      algorithm: TSIG_ALGORITHM,
      secret: createSecretKey(secret, 'base64'),
    };
    const primary = new NameServer({ host: lab.site('w').address, port: PORTS.dns }, clock, new SystemRandom(), key);
    const record = (address: string) => ({ name: KAFKA_NAME, type: 'A', values: [address], ttlSeconds: 1 }) as const;
    const update = {
      zone: ZONE,
      remove: [record(lab.site('a').address)],
      create: [record(lab.site('b').address)],
      absent: [],
    };
    await primary.update(update, AbortSignal.timeout(20_000));
  };

  it('follow the name and the config file to B after A was killed, and every acknowledged record is found in one of the logs', async () => {
    const login = { username: 'app', password: lab.password('app') };
    const settings = { lab, clock, name: KAFKA_NAME, topic: 'orders', groupId: 'app-demo', login, pinned: true };
    const clients = new Clients(settings);
    const { ledger } = clients;
    const until = (what: string, holds: () => boolean) =>
      waitFor(what, limits, () => Promise.resolve(holds() || undefined));
    clients.start();
    await until(
      'traffic through A',
      () => ledger.consumed.length > 200 && ledger.acknowledged.some(({ id }) => isPinned(id)),
    );

    await lab.holdProcess('b', 'connect');
    const unmirrored = ledger.acknowledged.length;
    await until('records that no mirror copies', () => ledger.acknowledged.length > unmirrored + 100);
    await lab.kill('a');
    const killedAt = clock.now();
    pointClients(lab.layout, lab.run, 'b', 'b');
    await pointNameToB();
    await until('traffic through B', () => firstServed(ledger, 'b') !== undefined);
    await clients.stopFollowing();
    await clients.stopPinned();

    const logs = await readLogs({ lab, topic: 'orders' });
    const counts = count(ledger, logs);
    expect(logs.readAtA).toBe('segment files');
    expect(imbalance(counts)).toEqual([]);
    expect(counts.strandedRecords).toBeGreaterThan(100);
    expect(counts.deliveredRecords).toBeGreaterThan(0);
    expect(ledger.acknowledged.filter(({ site, sentAt }) => site === 'a' && sentAt > killedAt)).toEqual([]);
  }, 300_000);
});
