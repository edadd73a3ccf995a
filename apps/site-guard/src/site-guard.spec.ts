import { beforeEach, describe, expect, it } from '@jest/globals';
import { epoch, runId, siteId } from '#libs/domain';
import type { FenceMode, GroupMode } from '#libs/topology';
import { QUARANTINED } from '../../../test/support/quarantined.js';
import { APP, exampleTopology, GROUP, GuardedSite } from '../../../test/support/guarded-site.js';

const { policy, ...document } = await exampleTopology();
const { selfFenceMs, guardRenewMs, fenceMarginMs, reassertMs } = policy;

const site = (id: 'a' | 'b' = 'a', change: { mode?: GroupMode; fenceMode?: FenceMode } = {}): GuardedSite =>
  new GuardedSite({ ...document, policy, groups: document.groups.map((group) => ({ ...group, ...change })) }, id);

async function started(id: 'a' | 'b' = 'a', change = {}): Promise<GuardedSite> {
  const guarded = site(id, change);
  guarded.guard.start();
  await guarded.clock.advance(1_000);
  return guarded;
}

const never = new AbortController().signal;

describe('a site-guard', () => {
  let a: GuardedSite;
  beforeEach(async () => {
    a = await started();
  });

  describe('with a journal', () => {
    it('opens the home site of a group nobody has decided about', async () => {
      expect(await a.held()).toEqual({ value: 'clients', epoch: 0 });
      expect([await a.canWrite(), await a.canWrite(a.mirror)]).toEqual([true, false]);
    });

    it('gives a passive site its standing fence', async () => {
      const b = await started('b');
      expect(await b.held()).toEqual({ value: 'inbound', epoch: 0 });
      expect([await b.canWrite(), await b.canWrite(b.mirror)]).toEqual([false, true]);
    });

    it('says in the journal what it enforces and whether it is armed', async () => {
      await a.clock.advance(guardRenewMs);
      expect(await a.record()).toMatchObject({
        site: 'a',
        armed: true,
        selfFenceMs,
        enforced: { orders: { access: 'clients', epoch: 0, by: 'acl' } },
      });
    });

    it('fences within one renewal when the journal says so, under its epoch', async () => {
      const b = siteId('b');
      await a.order({ phase: 'running', kind: 'failover', run: runId('r1'), from: siteId('a'), target: b }, 7);
      await a.clock.advance(guardRenewMs + 100);
      expect(await a.held()).toEqual({ value: 'none', epoch: 7 });
      expect(await a.canWrite()).toBe(false);
    });

    it('re-asserts a fence that somebody removed', async () => {
      const b = await started('b');
      b.kafka.rules.splice(0, Infinity, ...b.kafka.rules.filter(({ permission }) => permission === 'allow'));
      expect(await b.canWrite()).toBe(true);
      await b.clock.advance(reassertMs);
      expect(await b.canWrite()).toBe(false);
      expect(await b.reasserted()).toMatchObject({ times: 1, ordered: '"inbound"', by: 'site-guard@b' });
    });

    it('gives back a stamp that a write of an older epoch lowered', async () => {
      await a.order({ phase: 'steady' }, 8);
      await a.clock.advance(2 * guardRenewMs);
      a.lowersStamp(8, 7);
      await a.clock.advance(reassertMs);
      expect(await a.held()).toEqual({ value: 'clients', epoch: 8 });
      expect(await a.reasserted()).toMatchObject({ times: 1 });
    });

    it('counts neither what the journal orders anew nor the end of its own fence as re-asserted', async () => {
      const b = siteId('b');
      await a.order({ phase: 'running', kind: 'failover', run: runId('r1'), from: siteId('a'), target: b }, 7);
      await a.clock.advance(guardRenewMs + 100);
      expect(await a.held()).toEqual({ value: 'none', epoch: 7 });
      await a.order({ phase: 'steady' }, 8);
      await a.clock.advance(2 * guardRenewMs);
      expect(await a.held()).toEqual({ value: 'clients', epoch: 8 });
      a.connection.connection = 'cut';
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      a.connection.connection = 'good';
      await a.clock.advance(2 * guardRenewMs);
      expect(await a.canWrite()).toBe(true);
      expect(await a.reasserted()).toBeUndefined();
    });

    it('fences a writer that was allowed after the standing fence', async () => {
      const b = await started('b');
      const principal = 'User:new';
      const everything = { operation: 'write', topic: '*', match: 'literal', host: '*' } as const;
      b.kafka.rules.push({ permission: 'allow', principal, ...everything });
      expect(await b.canWrite(principal)).toBe(true);
      await b.clock.advance(reassertMs);
      expect(await b.canWrite(principal)).toBe(false);
    });

    it('touches nothing in observe mode', async () => {
      const observed = await started('a', { mode: 'observe' });
      const groupRules = () => observed.kafka.rules.filter(({ topic }) => topic.endsWith('orders'));
      expect(groupRules()).toHaveLength(2);
      observed.connection.connection = 'cut';
      await observed.clock.advance(2 * selfFenceMs);
      expect(groupRules()).toHaveLength(2);
    });
  });

  describe('without a journal', () => {
    it('serves on until its lease has lapsed, and is fenced within the margin after it', async () => {
      a.connection.connection = 'cut';
      const sentBefore = a.clock.monotonicMs();
      await a.clock.advance(selfFenceMs - guardRenewMs - 1_000);
      expect(await a.canWrite()).toBe(true);
      await a.clock.advanceUntil(async () => !(await a.canWrite()), selfFenceMs);
      expect(a.clock.monotonicMs() - sentBefore).toBeLessThanOrEqual(selfFenceMs + fenceMarginMs);
    });

    it('does not count a renewal whose answer never came', async () => {
      a.connection.connection = 'deaf';
      const lastAnswer = a.clock.monotonicMs();
      const before = (await a.record())?.renewal ?? 0;
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      expect((await a.record())?.renewal).toBeGreaterThan(before);
      expect(a.clock.monotonicMs() - lastAnswer).toBeLessThanOrEqual(selfFenceMs + fenceMarginMs);
      expect(await a.canWrite()).toBe(false);
    });

    it('counts from sending: a slow answer prolongs nothing', async () => {
      const slowMs = 4_000;
      a.connection.connection = slowMs;
      await a.clock.advance(60_000);
      expect(await a.canWrite()).toBe(true);
      a.connection.connection = 'cut';
      const answeredNoLaterThan = a.clock.monotonicMs();
      await a.clock.advanceUntil(async () => !(await a.canWrite()), selfFenceMs + fenceMarginMs);
      // What is under way may still be answered; it was sent one answer ago, and the read took another.
      expect(a.clock.monotonicMs() - answeredNoLaterThan).toBeLessThanOrEqual(selfFenceMs - slowMs + fenceMarginMs);
    });

    it('takes no answer that comes after the lease it renews has run out', async () => {
      a.connection.connection = selfFenceMs;
      await a.clock.advance(4 * selfFenceMs);
      expect(await a.canWrite()).toBe(false);
    });

    it('lifts its own fence when the journal says that the site is active', async () => {
      a.connection.connection = 'cut';
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      expect(await a.canWrite()).toBe(false);
      a.connection.connection = 'good';
      await a.clock.advance(guardRenewMs + 1_000);
      expect(await a.canWrite()).toBe(true);
    });

    it('stays fenced when the journal says that the site was failed over meanwhile', async () => {
      a.connection.connection = 'cut';
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      await a.order({ active: siteId('b'), returning: { a: QUARANTINED } }, 9);
      a.connection.connection = 'good';
      await a.clock.advance(guardRenewMs + 1_000);
      expect(await a.held()).toEqual({ value: 'none', epoch: 9 });
    });

    it('lets no step open the site once its lease has lapsed', async () => {
      a.connection.connection = 'cut';
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      const access = a.guard.resource({ kind: 'write-access', group: GROUP, site: 'a' })!;
      const seen = await access.read(never);
      await expect(access.write(seen, 'clients', epoch(9), never)).rejects.toThrow(/lease has lapsed/);
      expect(await a.canWrite()).toBe(false);
    });

    it('closes the listener when the broker does not answer either', async () => {
      a.connection.connection = 'cut';
      a.kafka.condition = 'frozen';
      await a.clock.advance(selfFenceMs + fenceMarginMs);
      expect(a.listener.isOpen).toBe(false);
    });

    it('serves on in guarded mode', async () => {
      const guarded = await started('a', { fenceMode: 'guarded' });
      guarded.connection.connection = 'cut';
      await guarded.clock.advance(3 * selfFenceMs);
      expect(await guarded.canWrite()).toBe(true);
    });
  });

  describe('that restarts', () => {
    it('causes no outage where the journal answers', async () => {
      const before = a.kafka.rules.length;
      a.connection.connection = 200;
      await a.restart();
      for (let round = 0; round < 40; round++) {
        await a.clock.advance(50);
        expect(await a.canWrite()).toBe(true);
      }
      expect(a.kafka.rules).toHaveLength(before);
    });

    it('fences at once where the journal does not answer', async () => {
      a.connection.connection = 'cut';
      await a.restart();
      await a.clock.advance(fenceMarginMs);
      expect(await a.canWrite()).toBe(false);
    });

    it('keeps a listener closed that it finds closed, until the ACLs have proven to hold', async () => {
      await a.order({ active: siteId('b'), returning: { a: QUARANTINED } }, 4);
      a.listener.isOpen = false;
      a.kafka.condition = 'frozen';
      await a.restart();
      await a.clock.advance(20_000);
      expect(a.listener.isOpen).toBe(false);
      a.kafka.condition = 'serving';
      await a.clock.advance(1_500);
      expect(a.listener.isOpen).toBe(true);
      expect(await a.held()).toEqual({ value: 'none', epoch: 4 });
    });
  });

  describe('of a frozen broker', () => {
    beforeEach(async () => {
      await a.order(
        { phase: 'running', kind: 'failover', run: runId('r1'), from: siteId('a'), target: siteId('b') },
        7,
      );
      a.kafka.condition = 'frozen';
      await a.clock.advance(guardRenewMs + fenceMarginMs);
    });

    it('closes the listener and says so', async () => {
      expect(a.listener.isOpen).toBe(false);
      await a.clock.advance(guardRenewMs);
      expect((await a.record())?.enforced).toEqual({ orders: { access: 'none', epoch: 7, by: 'command' } });
      expect(a.readiness.report().components).toHaveProperty(['write access of orders', 'state'], 'missing');
    });

    it('fences by ACL as soon as it answers again, before the listener opens', async () => {
      a.kafka.condition = 'serving';
      await a.clock.advanceUntil(() => a.listener.isOpen, 2_000, 10);
      expect(await a.canWrite(APP)).toBe(false);
      expect(await a.held()).toEqual({ value: 'none', epoch: 7 });
    });

    it('is fenced by ACL within a second after the broker answers', async () => {
      a.kafka.condition = 'serving';
      await a.clock.advance(1_000);
      expect(a.kafka.rules.some(({ permission, principal }) => permission === 'deny' && principal === 'User:*')).toBe(
        true,
      );
    });

    it('does not say that it is fenced where the command closed nothing', async () => {
      a.listener.works = false;
      a.listener.isOpen = true;
      await a.clock.advance(reassertMs + 2 * guardRenewMs);
      expect((await a.record())?.enforced).toMatchObject({ orders: { by: 'unproven' } });
    });

    it('keeps the listener closed while a write is not refused behind it', async () => {
      a.kafka.demand = () => undefined;
      a.kafka.condition = 'serving';
      await a.clock.advance(30_000);
      expect(a.listener.isOpen).toBe(false);
    });

    it('opens again for clients only when the journal orders it', async () => {
      await a.order({}, 8);
      a.kafka.condition = 'serving';
      await a.clock.advance(guardRenewMs + 2_000);
      expect(await a.held()).toEqual({ value: 'clients', epoch: 8 });
      expect(await a.canWrite()).toBe(true);
    });
  });

  describe('armed by proof', () => {
    it('is not armed when its fence has no effect', async () => {
      const rules = a.kafka.rules;
      a.kafka.rules.push = () => rules.length;
      await a.clock.advance(policy.armProofMaxAgeMs + 3 * guardRenewMs);
      expect(await a.record()).toMatchObject({ armed: false, armedBy: expect.stringMatching(/ACLs/) });
      expect(a.readiness.report().components).toHaveProperty(['fence proof', 'state'], 'missing');
    });

    it('stays armed by the command while the broker is frozen', async () => {
      a.kafka.condition = 'frozen';
      await a.clock.advance(2 * policy.armProofMaxAgeMs);
      expect(await a.record()).toMatchObject({ armed: true, armedBy: expect.stringMatching(/no answer/i) });
    });
  });
});
