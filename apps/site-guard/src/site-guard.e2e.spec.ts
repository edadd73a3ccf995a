import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { runId, siteId } from '#libs/domain';
import { clock, until } from '../../../test/lab/condition.js';
import type { Principal } from '../../../test/lab/credentials.js';
import type { KafkaSite } from '../../../test/lab/layout.js';
import { GuardedLab, Hammer } from '../../../test/support/guarded-lab.js';

const SOON_MS = 20_000;
/** Long enough for a late acknowledgement to come out, were there one. */
const WATCH_MS = 1_500;

describe('a site-guard on real parts', () => {
  let guarded: GuardedLab;
  let hammer: Hammer | undefined;

  beforeAll(async () => {
    guarded = await GuardedLab.up();
    for (const site of ['a', 'b'] as const) guarded.startGuard(site);
  }, 120_000);

  afterEach(async () => {
    await hammer?.stop();
    hammer = undefined;
  });

  afterAll(async () => {
    await guarded?.down();
  });

  async function write(site: KafkaSite, principal: Principal): Promise<string> {
    const kafka = guarded.kafka(site, principal);
    try {
      const answer = await kafka.log.append('orders', 0, [{ value: Buffer.from('x') }]);
      return answer.outcome === 'appended' ? 'appended' : answer.reason;
    } finally {
      await kafka.close();
    }
  }

  const holds = (site: KafkaSite, value: string, epoch: number) =>
    until(`${site} holds ${value} under epoch ${epoch}`, SOON_MS, async () => {
      expect(await guarded.held(site)).toMatchObject({ value, epoch });
    });
  const accepts = (site: KafkaSite) =>
    until(`${site} accepts writes`, SOON_MS, async () => expect(await write(site, 'app')).toBe('appended'));
  const startHammer = async (): Promise<Hammer> => {
    const begun = new Hammer(guarded.kafka('a', 'app'));
    hammer = begun;
    await until('the producer is acknowledged', SOON_MS, async () => expect(begun.acksAfter(0)).toBeGreaterThan(100));
    return begun;
  };

  it('opens the active site, gives the passive one its standing fence, and is armed', async () => {
    await holds('a', 'clients', 0);
    await holds('b', 'inbound', 0);
    expect([await write('a', 'app'), await write('a', 'mm2-ba')]).toEqual(['appended', 'TOPIC_AUTHORIZATION_FAILED']);
    expect([await write('b', 'app'), await write('b', 'mm2-ab')]).toEqual(['TOPIC_AUTHORIZATION_FAILED', 'appended']);
    await until('the guards say so', SOON_MS, async () => {
      expect(await guarded.record('a')).toMatchObject({
        armed: true,
        armedBy: expect.stringMatching(/ACLs: proven in \d+ ms; command: proven/),
        enforced: { orders: { access: 'clients', by: 'acl' } },
      });
      expect(await guarded.record('b')).toMatchObject({ armed: true, enforced: { orders: { access: 'inbound' } } });
    });
  });

  it('fences by itself when it is cut off from the journal, and serves again when it is not', async () => {
    await accepts('a');
    const client = await startHammer();
    const { selfFenceMs, fenceMarginMs, guardRenewMs } = guarded.policy;
    guarded.lab.isolate('a');
    const cutAtMs = clock.monotonicMs();
    await clock.sleep(selfFenceMs - guardRenewMs - 1_000);
    expect(client.acksAfter(clock.monotonicMs() - 200)).toBeGreaterThan(0);
    await until('a is fenced', SOON_MS, async () => expect((await guarded.held('a')).value).toBe('none'));
    const fencedAtMs = clock.monotonicMs();
    expect(fencedAtMs - cutAtMs).toBeLessThan(selfFenceMs + fenceMarginMs);
    await clock.sleep(WATCH_MS);
    expect(client.acksAfter(fencedAtMs + 100)).toBe(0);
    guarded.lab.heal();
    await holds('a', 'clients', 0);
    await until('clients are served', SOON_MS, async () => {
      expect(client.acksAfter(clock.monotonicMs() - 100)).toBeGreaterThan(0);
    });
  });

  it('causes no outage when it is killed and starts again', async () => {
    const client = await startHammer();
    const before = await guarded.record('a');
    await guarded.lab.killProcess('a', 'site-guard');
    guarded.startGuard('a');
    await until('a new guard renews', SOON_MS, async () => {
      const record = await guarded.record('a');
      expect(record?.incarnation).not.toBe(before?.incarnation);
      expect(record?.armed).toBe(true);
    });
    expect((await guarded.held('a')).value).toBe('clients');
    const now = clock.monotonicMs();
    await clock.sleep(200);
    expect(client.acksAfter(now)).toBeGreaterThan(0);
  });

  it('lets no acknowledgement out of a frozen broker once it is fenced, also after the thaw', async () => {
    const client = await startHammer();
    guarded.lab.freeze('a');
    await guarded.order({ phase: 'failing-over', run: runId('r1'), from: siteId('a'), target: siteId('b') }, 1);
    await until('the guard says that it has closed the listener', SOON_MS, async () => {
      expect((await guarded.record('a'))?.enforced).toEqual({ orders: { access: 'none', epoch: 1, by: 'command' } });
    });
    const fencedAtMs = clock.monotonicMs();
    guarded.lab.thaw('a');
    await holds('a', 'none', 1);
    await until('the guard has opened the listener', SOON_MS, async () => {
      expect(await write('a', 'app')).toBe('TOPIC_AUTHORIZATION_FAILED');
    });
    await clock.sleep(WATCH_MS);
    expect(client.acksAfter(fencedAtMs)).toBe(0);
    await guarded.order({}, 2);
    await holds('a', 'clients', 2);
    await accepts('a');
  });

  it('fences a cut-off site whose broker is frozen too', async () => {
    const client = await startHammer();
    guarded.lab.isolate('a');
    guarded.lab.freeze('a');
    const { selfFenceMs, fenceMarginMs } = guarded.policy;
    await clock.sleep(selfFenceMs + fenceMarginMs);
    const fencedAtMs = clock.monotonicMs();
    guarded.lab.thaw('a');
    await until('a is fenced by ACL', SOON_MS, async () => expect((await guarded.held('a')).value).toBe('none'));
    await clock.sleep(WATCH_MS);
    expect(client.acksAfter(fencedAtMs)).toBe(0);
    guarded.lab.heal();
    await holds('a', 'clients', 2);
    await accepts('a');
  });
});
