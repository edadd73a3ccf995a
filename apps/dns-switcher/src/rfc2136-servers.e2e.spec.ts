import { createSecretKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, messageOf, type NameTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { Bind, FREE_NAMES, KEY, ZONE, type PrimaryOptions } from '../../../test/support/bind.js';
import { freePort, onFreePorts } from '../../../test/support/free-port.js';
import { startKnot } from '../../../test/support/knot.js';
import { startPowerDns } from '../../../test/support/powerdns.js';
import { SwallowingProxy } from '../../../test/support/swallowing-proxy.js';
import { GatheredNameProvider } from './gathered.name-provider.js';
import type { NameChange, SeenName } from './name-change.js';
import type { Applied } from './name-provider.js';
import { nameProviderConformance } from './name-provider.conformance.js';
import { NameServer } from './name-server.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';
import { seenAt } from './seen-at.js';
import { setsOf, targetOf } from './target-sets.js';
import type { TsigKey } from './tsig.js';

const A: NameTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const B: NameTarget = { addresses: ['192.0.2.20'], ttlSeconds: 5 };
const OWNER = { installation: 'test', group: 'orders' };
const clock = new SystemClock();
const soon = () => AbortSignal.timeout(60_000);

const SERVERS: readonly (readonly [string, (options: PrimaryOptions) => Promise<{ kill(): Promise<void> }>])[] = [
  ['BIND', (options) => Bind.start(options)],
  ['Knot', startKnot],
  ['PowerDNS', startPowerDns],
];
/** Where a real server has other words or other ways, per question. The rest is the conformance suite. */
const answerIn = (applied: Applied): string =>
  'error' in applied ? (/answered (\S+):/.exec(applied.error.message)?.[1] ?? applied.error.message) : applied.outcome;
const measured = new Map<string, Map<string, string>>();
const note = (question: string, server: string, answer: string) =>
  measured.set(question, (measured.get(question) ?? new Map<string, string>()).set(server, answer));

afterAll(() => {
  const columns = SERVERS.map(([name]) => name);
  const row = (first: string, cells: readonly string[]) =>
    [first.padEnd(44), ...cells.map((cell) => cell.padEnd(22))].join('').trimEnd();
  const rows = [...measured].map(([question, by]) =>
    row(
      question,
      columns.map((name) => by.get(name) ?? '-'),
    ),
  );
  process.stderr.write(`${[row('RFC 2136 servers', columns), ...rows].join('\n')}\n`);
});

describe.each(SERVERS)('%s as the primary', (server, start) => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-rfc2136-'));
  let part: Awaited<ReturnType<typeof start>> | undefined;
  let port: number;
  let count = 0;

  const primary = (key: TsigKey = KEY, at = port, ours = clock) =>
    new NameServer({ host: '127.0.0.1', port: at }, ours, new SystemRandom(), key);
  const provider = (at = primary(), zone = ZONE) => new Rfc2136NameProvider(zone, { primary: at, secondaries: [] });
  const freeName = () => `n${(count += 1)}.${FREE_NAMES}`;
  const change = (seen: SeenName, target: NameTarget, stamp = 1): NameChange => ({
    names: [{ seen, sets: setsOf(seen.name, target, {}, seen.sets), stamp: { epoch: epoch(stamp), owner: OWNER } }],
  });
  const look = async (name: string) => (await provider().read([name], soon()))[0]!;
  const shown = async (name: string) => {
    const { sets, stamp } = await look(name);
    return { target: targetOf(name, sets, {}), epoch: stamp.epoch };
  };
  const apply = async (name: string, target: NameTarget, stamp = 1, through = provider()) =>
    through.apply(change(await look(name), target, stamp), soon());
  /** As somebody does who compares nothing and knows no stamp. */
  const edit = async (name: string, target: NameTarget) => {
    const [seen] = await seenAt(primary(), [name], soon());
    const create = setsOf(name, target, {}, []);
    expect(await primary().update({ zone: ZONE, remove: seen!.sets, create, absent: [] }, soon())).toBe('done');
  };
  const unstamped = (name: string): SeenName => ({ name, sets: [], stamp: { epoch: epoch(0) } });

  beforeAll(async () => {
    part = await onFreePorts(async () => {
      port = await freePort();
      const records = `mail.free IN MX 10 ns1\nmail.free IN HTTPS 1 .\nmail.free 5 IN A 192.0.2.10\ngiven.free IN NS ns.elsewhere.example.\nzero.free 0 IN A 192.0.2.10`;
      return start({ directory: join(directory, 'server'), port, records });
    });
  });
  afterAll(async () => {
    await part?.kill();
    rmSync(directory, { recursive: true });
  });

  nameProviderConformance('a zone', async () => ({
    provider: provider(),
    names: [freeName(), freeName()],
    edit: async (name, create) => {
      const [seen] = await seenAt(primary(), [name], soon());
      await primary().update({ zone: ZONE, remove: seen!.sets, create, absent: [] }, soon());
    },
  }));

  describe('with a key or a clock that is not right', () => {
    const late = new (class extends SystemClock {
      override now() {
        return (super.now() - 3_600_000) as ReturnType<SystemClock['now']>;
      }
    })();
    it.each<readonly [string, TsigKey, SystemClock]>([
      ['another secret', { ...KEY, secret: createSecretKey(Buffer.from('wrong')) }, clock],
      ['another algorithm', { ...KEY, algorithm: 'hmac-sha512' }, clock],
      ['an unknown key', { ...KEY, name: 'nobody' }, clock],
      ['a clock that is an hour late', KEY, late],
    ])('changes nothing for %s, says what is wrong, and says it on reading already', async (what, key, ours) => {
      const name = freeName();
      const wrong = provider(primary(key, port, ours));
      await expect(wrong.read([name], soon())).rejects.toMatchObject({ code: 'SB_DNS_REJECTED', retryable: false });
      const applied = await wrong.apply(change(unstamped(name), A), soon());
      expect(applied).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_REJECTED' } });
      expect('error' in applied && applied.error.message).toMatch(/clock|secret|algorithm/);
      note(`update with ${what}`, server, answerIn(applied));
      expect(await look(name)).toEqual(unstamped(name));
    });
  });

  describe('asked for what it does not have', () => {
    it('is asked for a name outside the zone', async () => {
      const outside = 'kafka.elsewhere.example';
      await expect(provider().read([outside], soon())).rejects.toMatchObject({ retryable: false });
      const applied = await provider().apply(change(unstamped(outside), A), soon());
      expect(applied).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_REJECTED' } });
      note('update outside the zone', server, answerIn(applied));
    });

    it('is asked for a name that the key may not change', async () => {
      const name = `ns1.${ZONE}`;
      const applied = await apply(name, A);
      note('update of a name that is not granted', server, answerIn(applied));
      // Its keys are for whole zones.
      expect(applied.outcome).toBe(server === 'PowerDNS' ? 'applied' : 'misconfigured');
    });

    it('is asked for a zone that it does not serve', async () => {
      const elsewhere = provider(primary(), 'elsewhere.example');
      const name = 'kafka.elsewhere.example';
      const answer = await elsewhere.read([name], soon()).catch(messageOf);
      expect(answer).toMatch(/does not serve|zone/);
      const applied = await elsewhere.apply(change(unstamped(name), A), soon());
      expect(applied).toMatchObject({ outcome: 'misconfigured', error: { answer: 'NOTAUTH' } });
    });

    it('has given the name away, and would take an update that nobody sees', async () => {
      const name = `kafka.given.${FREE_NAMES}`;
      const reading = provider().read([name], soon());
      await expect(reading).rejects.toMatchObject({ code: 'SB_DNS_NOT_SERVED', retryable: false });
      await expect(reading).rejects.toThrow(`delegated given.${FREE_NAMES} to other servers`);
      const create = setsOf(name, A, {}, []);
      note(
        'update below a zone cut',
        server,
        await primary().update({ zone: ZONE, remove: [], create, absent: [] }, soon()),
      );
    });
  });

  describe('where other records stand', () => {
    it('puts no CNAME beside them, and says which they are', async () => {
      const name = `mail.${FREE_NAMES}`;
      const applied = await apply(name, { kind: 'cname', canonicalName: 'b.example.net', ttlSeconds: 5 });
      expect(applied).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_FOREIGN_RECORD' } });
      expect('error' in applied && applied.error.message).toMatch(/MX, HTTPS records.*CNAME/);
      expect(await shown(name)).toMatchObject({ target: A, epoch: 0 });
      expect(await apply(name, B)).toMatchObject({ outcome: 'applied' });
    });

    it('would itself take the CNAME, and drop it without a word', async () => {
      const name = freeName();
      const text = { name, type: 'TXT', values: ['v=spf1 -all'], ttlSeconds: 5 } as const;
      await primary().update({ zone: ZONE, remove: [], create: [text], absent: [] }, soon());
      const create = setsOf(name, { kind: 'cname', canonicalName: 'b.example.net', ttlSeconds: 5 }, {}, []);
      const said = await primary()
        .update({ zone: ZONE, remove: [], create, absent: [] }, soon())
        .catch((error: unknown) => /answered (\S+):/.exec(messageOf(error))?.[1] ?? messageOf(error));
      expect((await look(name)).sets).toEqual([]);
      note('CNAME beside TXT, not compared', server, said);
    });

    it('switches a name whose TTL is 0, and gives it the one that was asked for', async () => {
      const name = `zero.${FREE_NAMES}`;
      expect((await shown(name)).target).toEqual({ ...A, ttlSeconds: 0 });
      expect(await apply(name, B)).toMatchObject({ outcome: 'applied' });
      expect((await shown(name)).target).toEqual(B);
    });
  });

  it('drains a site of a service in steps and lets it in again, each an absolute change under one epoch', async () => {
    const name = freeName();
    const shared = (weight: number): NameTarget => ({
      kind: 'services',
      services: [
        { priority: 0, weight, port: 9092, host: 'a.example.net' },
        { priority: 0, weight: 100, port: 9092, host: 'b.example.net' },
      ],
      ttlSeconds: 5,
    });
    for (const weight of [90, 50, 0, 0, 50]) {
      expect(await apply(name, shared(weight), 3)).toEqual({ outcome: 'applied' });
      expect(await shown(name)).toMatchObject({
        target: {
          services: expect.arrayContaining([
            expect.objectContaining({ host: 'a.example.net', weight }),
            expect.objectContaining({ host: 'b.example.net', weight: 100 }),
          ]),
        },
        epoch: 3,
      });
    }
  });

  it('is not sent an update that one message does not hold', async () => {
    const name = freeName();
    const addresses = Array.from({ length: 4_000 }, (_, n) => `10.0.${n >> 8}.${n & 255}`);
    const applied = await apply(name, { addresses, ttlSeconds: 5 });
    expect(applied).toMatchObject({ outcome: 'misconfigured', error: { code: 'SB_DNS_CHANGE_TOO_LARGE' } });
    expect(await look(name)).toEqual(unstamped(name));
  });

  it('takes hundreds of names in a few updates, and refuses of them only the one that somebody edited', async () => {
    const names = Array.from({ length: 300 }, freeName);
    const direct = provider();
    let updates = 0;
    const counted = new (class extends Rfc2136NameProvider {
      override apply(...args: Parameters<Rfc2136NameProvider['apply']>) {
        updates += 1;
        return super.apply(...args);
      }
    })(ZONE, { primary: primary(), secondaries: [] });
    const gathered = new GatheredNameProvider(counted, {
      callTimeoutMs: 60_000,
      sizeOf: (step) => direct.sizeOf(step),
      sizeMax: 60_000,
    });
    const all = async (target: NameTarget, stamp: number, edited?: string) => {
      const seen = await gathered.read(names, soon());
      if (edited) await edit(edited, { addresses: ['203.0.113.66'], ttlSeconds: 5 });
      return Promise.all(seen.map((each) => gathered.apply(change(each, target, stamp), soon())));
    };
    expect((await all(A, 1)).every(({ outcome }) => outcome === 'applied')).toBe(true);
    expect(updates).toBeLessThan(8);
    note('updates for 300 names', server, String(updates));
    const outcomes = (await all(B, 2, names[200])).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(299);
    expect(outcomes[200]).toBe('changed-by-somebody-else');
    expect(await shown(names[200]!)).toMatchObject({ target: { addresses: ['203.0.113.66'] }, epoch: 1 });
    expect(await shown(names[299]!)).toEqual({ target: B, epoch: 2 });
  });

  it('has done what its answer never said: reading shows it, and doing it again is doing it once', async () => {
    const name = freeName();
    const proxy = await SwallowingProxy.start(port);
    try {
      const seen = await look(name);
      proxy.swallows = true;
      const limit = AbortSignal.timeout(3_000);
      const applied = provider(primary(KEY, proxy.port)).apply(change(seen, A, 7), limit);
      expect(await applied).toMatchObject({ outcome: 'unknown' });
      while ((await shown(name)).epoch === 0) await clock.sleep(20);
      expect(await shown(name)).toEqual({ target: A, epoch: 7 });
      expect(await apply(name, A, 7)).toMatchObject({ outcome: 'applied' });
    } finally {
      proxy.end();
    }
  });
});

it('does not know what became of an update that BIND could not write down, and finds nothing changed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bind-'));
  let port = 0;
  const bind = await onFreePorts(async () => Bind.start({ directory, port: (port = await freePort()) }));
  try {
    // Where its journal belongs there is a folder.
    mkdirSync(join(directory, 'zone.jnl'));
    const primary = new NameServer({ host: '127.0.0.1', port }, clock, new SystemRandom(), KEY);
    const provider = new Rfc2136NameProvider(ZONE, { primary, secondaries: [] });
    const name = `n.${FREE_NAMES}`;
    const [seen] = await provider.read([name], soon());
    const names = [{ seen: seen!, sets: setsOf(name, A, {}, []), stamp: { epoch: epoch(1), owner: OWNER } }];
    const applied = await provider.apply({ names }, soon());
    expect(applied).toEqual({ outcome: 'unknown', reason: expect.stringContaining('SERVFAIL') });
    expect(await provider.read([name], soon())).toEqual([seen]);
  } finally {
    await bind.end();
    rmSync(directory, { recursive: true });
  }
});
