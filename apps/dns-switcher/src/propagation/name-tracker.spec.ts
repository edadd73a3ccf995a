import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AddressTarget } from '#libs/domain';
import { VirtualClock } from '../../../../test/support/virtual-clock.js';
import { setsOf } from '../target-sets.js';
import { NameTracker } from './name-tracker.js';

const NAME = 'kafka.example.com';
const A: AddressTarget = { addresses: ['192.0.2.1'], ttlSeconds: 30 };
const B: AddressTarget = { addresses: ['192.0.2.2'], ttlSeconds: 5 };
const C: AddressTarget = { addresses: ['192.0.2.3'], ttlSeconds: 5 };
const SERVERS = ['ns1:53', 'ns2:53'];
const sets = (target: AddressTarget) => setsOf(NAME, target, {}, []);

describe(NameTracker.name, () => {
  let clock: VirtualClock;
  let tracker: NameTracker;
  const horizon = () => tracker.spreading().horizonMs;
  const now = () => clock.monotonicMs();

  beforeEach(() => {
    clock = new VirtualClock();
    tracker = new NameTracker(NAME, {}, clock);
  });

  it('says nothing of servers before it knows what the provider holds', () => {
    expect(tracker.answered('ns1:53', sets(A))).toBeUndefined();
    tracker.provided(A, SERVERS, 0);
    expect(tracker.answered('ns1:53', sets(A))).toBe('new');
    expect(horizon()).toBe(-Infinity);
  });

  it('counts from the last server by the TTL that was served before', async () => {
    tracker.wrote(A, B, SERVERS);
    expect(tracker.answered('ns1:53', sets(B))).toBe('new');
    expect(tracker.answered('ns2:53', sets(A))).toBe('old');
    expect(tracker.spreading()).toMatchObject({ horizonMs: undefined, unseen: ['ns2:53'], oldTtlSeconds: 30 });
    await clock.advance(700);
    const atMs = now();
    tracker.answered('ns2:53', sets(B));
    await clock.advance(5_000);
    expect(horizon()).toBe(atMs + 31_000);
  });

  it('sees a change of the TTL alone as a change', () => {
    tracker.wrote(A, { ...A, ttlSeconds: 5 }, SERVERS);
    expect(tracker.spreading()).toMatchObject({ oldTtlSeconds: 30, unseen: SERVERS });
  });

  it('follows a change that somebody else made, and takes no answer from before one of ours', () => {
    tracker.provided(A, SERVERS, 0);
    tracker.provided(B, SERVERS, 0);
    expect(tracker.changes).toBe(1);
    const { changes } = tracker;
    tracker.wrote(B, C, SERVERS);
    tracker.provided(B, SERVERS, changes);
    expect(tracker.isAt(C)).toBe(true);
  });

  it('is not confused by hearing of the same change twice', () => {
    tracker.provided(A, SERVERS, 0);
    tracker.provided(B, SERVERS, 0);
    for (const server of SERVERS) tracker.answered(server, sets(B));
    const before = horizon();
    tracker.wrote(A, B, SERVERS);
    expect(horizon()).toBe(before);
  });

  it('takes the TTL of nothing from the zone: that there is no such name is cached, too', () => {
    tracker.negativeTtl(900);
    tracker.wrote({ addresses: [], ttlSeconds: 0 }, A, SERVERS);
    expect(tracker.spreading().oldTtlSeconds).toBe(900);
  });

  it('goes on where an earlier incarnation was, or sees every server anew where it could not say', async () => {
    tracker.restore((clock.now() + 9_000) as never, 30, SERVERS);
    tracker.provided(B, SERVERS, 0);
    expect(horizon()).toBe(now() + 9_000);
    expect(tracker.knowsItsPast).toBe(true);

    const other = new NameTracker(NAME, {}, clock);
    expect(other.knowsItsPast).toBe(false);
    other.restore(undefined, 30, SERVERS);
    other.provided(B, SERVERS, 0);
    expect(other.spreading().unseen).toEqual(SERVERS);
    await clock.advance(100);
    for (const server of SERVERS) other.answered(server, sets(B));
    expect(other.spreading().horizonMs).toBe(now() + 31_000);
  });

  it('says the same moment to people however often it is asked', async () => {
    tracker.wrote(A, B, SERVERS);
    for (const server of SERVERS) tracker.answered(server, sets(B));
    const { until } = tracker.spreading();
    await clock.advance(333);
    expect(tracker.spreading().until).toBe(until);
  });
});
