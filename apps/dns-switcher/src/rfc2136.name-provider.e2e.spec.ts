import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { epoch, type AddressTarget } from '#libs/domain';
import { SystemClock, SystemRandom } from '#libs/runtime';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { Bind, FREE_NAMES, KEY, NAME, ZONE } from '../../../test/support/bind.js';
import { freePort, onFreePorts } from '../../../test/support/free-port.js';
import { startTogether } from '../../../test/support/start-together.js';
import { NameServer } from './name-server.js';
import { nameProviderConformance } from './name-provider.conformance.js';
import { ProvidedName } from './provided-name.js';
import { Rfc2136NameProvider } from './rfc2136.name-provider.js';
import { seenAt } from './seen-at.js';
import type { TsigKey } from './tsig.js';

const A: AddressTarget = { addresses: ['192.0.2.10'], ttlSeconds: 5 };
const B: AddressTarget = { addresses: ['192.0.2.20', '192.0.2.21'], ttlSeconds: 3 };
const clock = new SystemClock();
const soon = (ms = 60_000) => AbortSignal.timeout(ms);
/** Long enough for a busy machine to answer, and far from `soon`. */
const CALL_TIMEOUT_MS = 5_000;
const ATTEMPT_TIMEOUT_MS = 2_000;

describe('an RFC 2136 name on BIND', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bind-'));
  let ports: { primary: number; told: number; slow: number };
  let primary: Bind;
  let told: Bind;
  let slow: Bind;

  const server = (port: number, key?: TsigKey) =>
    new NameServer({ host: '127.0.0.1', port }, clock, new SystemRandom(), key);
  const record = (options: { key?: TsigKey; name?: string; secondaries?: readonly number[] } = {}) =>
    new ProvidedName(
      new Rfc2136NameProvider(ZONE, {
        primary: server(ports.primary, options.key ?? KEY),
        secondaries: (options.secondaries ?? [ports.told]).map((port) => server(port)),
      }),
      clock,
      {
        name: options.name ?? NAME,
        owner: { installation: 'test', group: 'orders' },
        shape: {},
        callTimeoutMs: CALL_TIMEOUT_MS,
        ask: { attemptTimeoutMs: ATTEMPT_TIMEOUT_MS, pollMs: 20 },
      },
    );
  /** Past what any earlier test stamped. */
  const nextEpoch = async () => epoch((await record().read(soon())).epoch + 1);
  const put = async (target: AddressTarget) => {
    const name = record();
    expect(await name.write(await name.read(soon()), target, await nextEpoch(), soon())).toBe('written');
  };
  /** A write that was sent to a frozen server may still land after the thaw; once this returns it no longer can. */
  const seal = async () => {
    const name = record();
    const stamp = epoch((await nextEpoch()) + 1);
    for (let outcome = ''; outcome !== 'written';) {
      const seen = await name.read(soon());
      outcome = await name.write(seen, seen.value, stamp, soon());
    }
  };

  beforeAll(async () => {
    [primary, told, slow] = await onFreePorts(async () => {
      ports = { primary: await freePort(), told: await freePort(), slow: await freePort() };
      const folder = (name: string) => join(directory, name);
      const first = Bind.start({ directory: folder('primary'), port: ports.primary, notify: [ports.told] });
      const second = (name: 'told' | 'slow') =>
        first.then(() => Bind.start({ directory: folder(name), port: ports[name], primary: ports.primary }));
      return startTogether(first, second('told'), second('slow'));
    });
  });

  afterAll(async () => {
    await Promise.all([primary, told, slow].map((bind) => bind?.end()));
    rmSync(directory, { recursive: true });
  });

  it('reads a name that was never stamped', async () => {
    expect(await record().read(soon())).toMatchObject({ value: A, epoch: 0 });
  });

  fencedResourceConformance('an RFC 2136 name', async () => {
    await put(A);
    const { epoch: epochBefore } = await record().read(soon());
    return { resource: record(), values: [A, B], epochBefore, end: async () => undefined };
  });

  let free = 0;
  nameProviderConformance('a zone of RFC 2136 servers', async () => {
    const primaryServer = server(ports.primary, KEY);
    free += 1;
    return {
      provider: new Rfc2136NameProvider(ZONE, { primary: primaryServer, secondaries: [] }),
      names: [`one-${free}.${FREE_NAMES}`, `two-${free}.${FREE_NAMES}`],
      edit: async (name, create) => {
        const [seen] = await seenAt(primaryServer, [name], soon());
        await primaryServer.update({ zone: ZONE, remove: seen!.sets, create, absent: [] }, soon());
      },
    };
  });

  it('is refused by the server when the addresses changed under the same epoch, and says what they are', async () => {
    const name = record();
    const seen = await name.read(soon());
    const stamp = await nextEpoch();
    await name.write(seen, B, stamp, soon());
    const stale = await name.read(soon());
    await name.write(stale, A, stamp, soon());
    const refused = name.write(stale, { addresses: ['192.0.2.30'], ttlSeconds: 5 }, stamp, soon());
    await expect(refused).rejects.toMatchObject({ code: 'SB_DNS_CHANGED', retryable: false });
    await expect(refused).rejects.toThrow(/held A 192.0.2.20 192.0.2.21 .*and holds A 192.0.2.10 \(5 s\)/);
    expect((await name.read(soon())).value).toEqual(A);
  });

  it('lets exactly one of twelve concurrent writers through', async () => {
    const seen = await record().read(soon());
    const base = seen.epoch + 1;
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        record().write(seen, { addresses: [`192.0.2.${100 + n}`], ttlSeconds: 5 }, epoch(base + n), soon()),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'refused')).toHaveLength(11);
    const winner = outcomes.indexOf('written');
    expect(await record().read(soon())).toMatchObject({
      value: { addresses: [`192.0.2.${100 + winner}`] },
      epoch: base + winner,
    });
  });

  it('removes every address, and still fences the empty name', async () => {
    const empty: AddressTarget = { addresses: [], ttlSeconds: 0 };
    await put(empty);
    const seen = await record().read(soon());
    expect(seen.value).toEqual(empty);
    await put(A);
    expect(await record().write(seen, B, epoch(seen.epoch + 9), soon())).toBe('refused');
    expect((await record().read(soon())).value).toEqual(A);
  });

  it('replaces both address families, so that none stays behind', async () => {
    const both: AddressTarget = { addresses: ['192.0.2.30', '2001:DB8:0::30'], ttlSeconds: 5 };
    await put(both);
    const seen = await record().read(soon());
    expect(seen.value).toMatchObject({ addresses: ['192.0.2.30', '2001:db8::30'] });
    expect(await record().verify(both, soon())).toMatchObject({ holds: true });
    await put(A);
    expect((await record().read(soon())).value).toEqual(A);
    expect(await record().write(seen, B, epoch(seen.epoch + 9), soon())).toBe('refused');
  });

  describe('refusing our key', () => {
    const wrongSecret: TsigKey = {
      name: KEY.name,
      algorithm: 'hmac-sha256',
      secret: createSecretKey(Buffer.from('wrong')),
    };
    const unknownKey: TsigKey = { name: 'nobody', algorithm: 'hmac-sha256', secret: KEY.secret };

    it.each([
      ['another secret', wrongSecret, /BADSIG.*"signalbox" has another secret/],
      ['an unknown key', unknownKey, /BADKEY.*does not know TSIG key "nobody"/],
    ])('says so for %s, on reading already', async (_, key, message) => {
      const failure = record({ key }).read(soon());
      await expect(failure).rejects.toMatchObject({ code: 'SB_DNS_REJECTED', retryable: false });
      await expect(failure).rejects.toThrow(message);
    });

    it('changes nothing when the key is wrong', async () => {
      const seen = await record().read(soon());
      await expect(record({ key: wrongSecret }).write(seen, B, await nextEpoch(), soon())).rejects.toThrow('BADSIG');
      expect(await record().read(soon())).toEqual(seen);
    });

    it('names the policy when the key may not change this name', async () => {
      const name = record({ name: `ns1.${ZONE}` });
      const writing = name.write(await name.read(soon()), A, epoch(1), soon());
      await expect(writing).rejects.toThrow(/REFUSED.*policy.*"signalbox"/);
    });

    it('names the clocks when ours is an hour off', async () => {
      const late = new (class extends SystemClock {
        override now() {
          return (super.now() - 3_600_000) as ReturnType<SystemClock['now']>;
        }
      })();
      const answers = new NameServer({ host: '127.0.0.1', port: ports.primary }, late, new SystemRandom(), KEY);
      await expect(answers.query([{ name: NAME, type: 'A' }], soon())).rejects.toThrow(/BADTIME.*clock/);
    });
  });

  it('reads a CNAME as one, and does not touch a name whose epoch record somebody else uses', async () => {
    const { value } = await record({ name: `alias.${ZONE}` }).read(soon());
    expect(value).toEqual({ kind: 'cname', canonicalName: NAME, ttlSeconds: 30 });
    await expect(record({ name: `foreign.${ZONE}` }).read(soon())).rejects.toThrow(/v=spf1/);
  });

  describe('verifying', () => {
    it('waits for a secondary that lags', async () => {
      const slowAnswer = async () => {
        const [addresses = []] = await server(ports.slow).query([{ name: NAME, type: 'A' }], soon());
        return addresses.map(({ data }) => data).toSorted();
      };
      const shows = async ({ addresses }: AddressTarget) => (await slowAnswer()).join() === addresses.join();
      let target = A;
      // It looks for changes once a second, and at times right after one.
      do {
        target = target === A ? B : A;
        await put(target);
      } while (await shows(target));
      const verified = await record({ secondaries: [ports.told, ports.slow] }).verify(target, soon());
      expect(verified.holds).toBe(true);
      expect(await shows(target)).toBe(true);
    });

    it('does not hold while a server answers something else', async () => {
      await put(A);
      await record().verify(A, soon());
      const verified = await record().verify(B, soon(ATTEMPT_TIMEOUT_MS + 1_000));
      expect(verified.holds).toBe(false);
      expect(verified.observed).toMatchObject({
        answers: { [`127.0.0.1:${ports.told}`]: { addresses: A.addresses, ttlSeconds: A.ttlSeconds } },
      });
    });

    it('reports what it finds when nothing is expected', async () => {
      expect(await record().verify(undefined, soon())).toMatchObject({ holds: true });
    });

    it('spends one short attempt on a frozen secondary', async () => {
      const name = record({ secondaries: [ports.told, ports.slow] });
      await put(A);
      await slow.freeze();
      try {
        const startedMs = clock.monotonicMs();
        const verified = await name.verify(A, soon());
        expect(verified.holds).toBe(true);
        expect(clock.monotonicMs() - startedMs).toBeLessThan(10 * ATTEMPT_TIMEOUT_MS);
        expect(verified.observed).toMatchObject({
          answers: { [`127.0.0.1:${ports.slow}`]: { unreachable: expect.stringContaining('deadline') } },
        });
      } finally {
        slow.thaw();
      }
    });

    it('does not hold when no server that clients ask could be reached', async () => {
      await told.freeze();
      try {
        const verified = await record().verify((await record().read(soon())).value, soon(ATTEMPT_TIMEOUT_MS + 1_000));
        expect(verified.holds).toBe(false);
      } finally {
        told.thaw();
      }
    });
  });

  describe('with a frozen primary', () => {
    it('cannot tell whether a write happened, and is not available for reading', async () => {
      const seen = await record().read(soon());
      const stamp = await nextEpoch();
      await primary.freeze();
      try {
        await expect(record().read(soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
        expect(await record().write(seen, B, stamp, soon())).toBe('unknown');
      } finally {
        primary.thaw();
        await seal();
      }
    });

    it('verifies by the secondaries alone', async () => {
      await put(A);
      await record().verify(A, soon());
      await primary.freeze();
      try {
        expect((await record().verify(A, soon())).holds).toBe(true);
      } finally {
        primary.thaw();
      }
    });
  });

  it('is unavailable, not unknown, when the primary is gone', async () => {
    const seen = await record().read(soon());
    const stamp = await nextEpoch();
    await primary.kill();
    await expect(record().read(soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
    await expect(record().write(seen, B, stamp, soon())).rejects.toMatchObject({ code: 'SB_UNAVAILABLE' });
  });
});
