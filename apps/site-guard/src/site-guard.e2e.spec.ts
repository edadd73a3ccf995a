import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { groupId, runId, siteId } from '#libs/domain';
import { SystemRandom } from '#libs/runtime';
import { clock, until } from '../../../test/lab/condition.js';
import type { Principal } from '../../../test/lab/credentials.js';
import { PORTS, type KafkaSite } from '../../../test/lab/layout.js';
import { QUARANTINED } from '../../../test/support/quarantined.js';
import { fencedResourceConformance } from '../../../test/support/fenced-resource.conformance.js';
import { GuardedLab, Hammer } from '../../../test/support/guarded-lab.js';
import { AclWriteAccess } from './fence/acl.write-access.js';
import type { HeldAccess } from './fence/held-access.js';
import { LadderWriteAccess } from './fence/ladder.write-access.js';
import { WriteProbe } from './fence/write-probe.js';

const SOON_MS = 60_000;
/** Long enough for a late acknowledgement to come out, were there one. */
const WATCH_MS = 1_500;

const signal = new AbortController().signal;

describe('a site-guard on real parts', () => {
  let guarded: GuardedLab;
  let hammer: Hammer | undefined;

  beforeAll(async () => {
    guarded = await GuardedLab.up();
    for (const site of ['a', 'b'] as const) guarded.startGuard(site);
  }, 300_000);

  afterEach(async () => {
    guarded?.lab.heal();
    guarded?.lab.thaw('a');
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

  fencedResourceConformance<HeldAccess>('write access by ACL, on Kafka', async () => {
    const kafka = guarded.kafka('b', 'signalbox', PORTS.kafkaAdmin);
    const probe = new WriteProbe(kafka.log, new SystemRandom());
    const topics = { topics: ['conformance.*'], probeTopic: 'signalbox.canary' };
    const scope = { group: groupId('conformance'), ...topics, inbound: ['User:mm2-ba'], self: 'User:signalbox' };
    const probes = { clients: probe, control: probe };
    const acls = new AclWriteAccess({ scope: { ...scope, openByDefault: false }, rules: kafka.rules, probes, clock });
    const before = await acls.read(signal);
    await acls.write(before, 'none', before.epoch, signal);
    const resource = new LadderWriteAccess(acls, undefined, clock, {
      aclTimeoutMs: 5_000,
      requestTimeoutMs: 5_000,
      mayLift: () => true,
    });
    return { resource, values: ['none', 'clients'], epochBefore: before.epoch, end: () => kafka.close() };
  });

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
    await until('a is fenced', SOON_MS, async () => expect((await guarded.held('a')).value).toBe('none'));
    const fencedAtMs = clock.monotonicMs();
    await clock.sleep(WATCH_MS);
    expect(client.acksAfter(cutAtMs + guardRenewMs)).toBeGreaterThan(0);
    expect(client.acksAfter(cutAtMs + selfFenceMs + fenceMarginMs)).toBe(0);
    expect(client.acksOfWritesAfter(fencedAtMs)).toBe(0);
    guarded.lab.heal();
    await holds('a', 'clients', 0);
    const healedAtMs = clock.monotonicMs();
    await until('clients are served', SOON_MS, async () => expect(client.acksAfter(healedAtMs)).toBeGreaterThan(0));
  });

  it('causes no outage when it is killed and starts again', async () => {
    const client = await startHammer();
    const before = await guarded.record('a');
    await guarded.journalIsWhole();
    await guarded.lab.killProcess('a', 'site-guard');
    guarded.startGuard('a');
    await until('a new guard renews', SOON_MS, async () => {
      const record = await guarded.record('a');
      expect(record?.incarnation).not.toBe(before?.incarnation);
      expect(record?.armed).toBe(true);
    });
    expect((await guarded.held('a')).value).toBe('clients');
    const now = clock.monotonicMs();
    await until('clients are served', SOON_MS, async () => expect(client.acksAfter(now)).toBeGreaterThan(0));
  });

  it('moves the write access by the steps of a run, and fences before it promotes', async () => {
    const client = await startHammer();
    await guarded.order(
      { phase: 'running', kind: 'failover', run: runId('r1'), from: siteId('a'), target: siteId('b') },
      1,
    );
    expect(await guarded.perform({ name: 'seal-writes-b', action: 'seal' }, 'b')).toMatchObject({ status: 'done' });
    expect(await guarded.held('b')).toMatchObject({ value: 'inbound', epoch: 1 });
    const fenced = await guarded.perform({ name: 'fence-a', action: 'apply', desired: 'none', stage: 1 }, 'a');
    const fencedAtMs = clock.monotonicMs();
    expect(fenced).toMatchObject({
      status: 'done',
      verifiedBy: { observed: { acls: 'none', epoch: 1, write: 'TOPIC_AUTHORIZATION_FAILED' } },
    });
    const denied = await guarded.perform({ name: 'deny-inbound-b', action: 'apply', desired: 'none', stage: 2 }, 'b');
    expect([denied.status, await write('b', 'mm2-ab')]).toEqual(['done', 'TOPIC_AUTHORIZATION_FAILED']);
    const promoted = await guarded.perform({ name: 'promote-b', action: 'apply', desired: 'clients', stage: 3 }, 'b');
    expect(promoted).toMatchObject({
      status: 'done',
      verifiedBy: { observed: { acls: 'clients', epoch: 1, write: 'accepted and read back' } },
    });
    expect([await write('b', 'app'), await write('b', 'mm2-ab')]).toEqual(['appended', 'TOPIC_AUTHORIZATION_FAILED']);
    expect(client.acksOfWritesAfter(fencedAtMs)).toBe(0);

    await guarded.order({ active: siteId('b'), returning: { a: QUARANTINED } }, 1);
    await clock.sleep(WATCH_MS);
    expect([await guarded.held('a'), await guarded.held('b')]).toMatchObject([{ value: 'none' }, { value: 'clients' }]);
    await guarded.order({}, 2);
    await holds('a', 'clients', 2);
    await holds('b', 'inbound', 2);
    await accepts('a');
  });

  it('lets no acknowledgement out of a frozen broker once it is fenced, also after the thaw', async () => {
    const client = await startHammer();
    guarded.lab.freeze('a');
    await guarded.order(
      { phase: 'running', kind: 'failover', run: runId('r1'), from: siteId('a'), target: siteId('b') },
      3,
    );
    await until('the guard says that it has closed the listener', SOON_MS, async () => {
      expect((await guarded.record('a'))?.enforced).toEqual({ orders: { access: 'none', epoch: 3, by: 'command' } });
    });
    const fencedAtMs = clock.monotonicMs();
    guarded.lab.thaw('a');
    await holds('a', 'none', 3);
    await until('the guard has opened the listener', SOON_MS, async () => {
      expect(await write('a', 'app')).toBe('TOPIC_AUTHORIZATION_FAILED');
    });
    await clock.sleep(WATCH_MS);
    expect(client.acksAfter(fencedAtMs)).toBe(0);
    await guarded.order({}, 4);
    await holds('a', 'clients', 4);
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
    await holds('a', 'clients', 4);
    await accepts('a');
  });
});
