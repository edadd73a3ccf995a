import { describe, expect, it } from '@jest/globals';
import { epoch, instant, type WriteAccess } from '#libs/domain';
import type { HeldAccess } from '../fence/held-access.js';
import { enforcementOf, leaseLeftMs, type Standing } from './self-fence.js';

const held = (value: HeldAccess, stamped: number) => ({ value, epoch: epoch(stamped) });
const order = (access: WriteAccess | undefined, current: number) => ({ access, epoch: epoch(current) });
const standing = (change: Partial<Standing>): Standing => ({
  mode: 'automatic',
  fenceMode: 'strict',
  leaseHolds: true,
  order: order('clients', 5),
  held: held('clients', 5),
  ...change,
});

describe('leaseLeftMs', () => {
  const sent = { monotonicMs: 1_000, at: instant(50_000) };
  const after = (ranMs: number, passedMs = ranMs) => ({
    monotonicMs: 1_000 + ranMs,
    at: instant(50_000 + passedMs),
  });

  it('counts from the sending of the last renewal', () => {
    expect(leaseLeftMs(sent, after(29_999), 30_000)).toBe(1);
    expect(leaseLeftMs(sent, after(30_000), 30_000)).toBe(0);
  });

  it('never held before the first renewal', () => {
    expect(leaseLeftMs(undefined, after(0), 30_000)).toBe(0);
  });

  it('counts the time a suspended machine slept, which its monotonic clock does not', () => {
    expect(leaseLeftMs(sent, after(2_000, 40_000), 30_000)).toBeLessThan(0);
  });

  it('takes no notice of a clock that is corrected a little, or set back', () => {
    expect(leaseLeftMs(sent, after(2_000, 2_900), 30_000)).toBe(28_000);
    expect(leaseLeftMs(sent, after(2_000, -90_000), 30_000)).toBe(28_000);
  });
});

describe('enforcementOf', () => {
  it('follows the order of the journal, under its epoch', () => {
    for (const access of ['clients', 'inbound', 'none'] as const) {
      const wanted = enforcementOf(standing({ order: order(access, 6) }));
      expect(wanted).toEqual({ access, epoch: 6, why: 'journal' });
    }
  });

  it('fences what clients may write when the lease has lapsed, and keeps the stamp', () => {
    for (const value of ['clients', 'unset', 'none'] as const) {
      const wanted = enforcementOf(standing({ leaseHolds: false, held: held(value, 5) }));
      expect(wanted).toEqual({ access: 'none', epoch: 5, why: 'self-fence' });
    }
  });

  it('lets replication go on under the standing fence when the lease has lapsed', () => {
    const wanted = enforcementOf(standing({ leaseHolds: false, held: held('inbound', 5) }));
    expect(wanted).toEqual({ access: 'inbound', epoch: 5, why: 'self-fence' });
  });

  it('lifts its own fence only by an order that came with a lease', () => {
    const fenced = standing({ held: held('none', 5) });
    expect(enforcementOf({ ...fenced, leaseHolds: false })?.access).toBe('none');
    expect(enforcementOf(fenced)).toEqual({ access: 'clients', epoch: 5, why: 'journal' });
  });

  it('never lifts what a newer epoch fenced', () => {
    const wanted = enforcementOf(standing({ order: order('clients', 5), held: held('none', 6) }));
    expect(wanted).toEqual({ access: 'none', epoch: 6, why: 'newer-epoch' });
  });

  it('fences what a newer epoch left in no known state', () => {
    const wanted = enforcementOf(standing({ order: order('clients', 5), held: held('unset', 6) }));
    expect(wanted).toEqual({ access: 'none', epoch: 6, why: 'newer-epoch' });
  });

  it('changes nothing where the steps of an open run rule', () => {
    expect(enforcementOf(standing({ order: order(undefined, 6), held: held('none', 6) }))).toBeUndefined();
  });

  it('leaves everything alone in observe mode', () => {
    expect(enforcementOf(standing({ mode: 'observe', leaseHolds: false }))).toBeUndefined();
    expect(enforcementOf(standing({ mode: 'observe', held: held('unset', 0) }))).toBeUndefined();
  });

  it('serves on in guarded mode when it is cut off, but not before it has read the journal once', () => {
    const cutOff = standing({ fenceMode: 'guarded', leaseHolds: false });
    expect(enforcementOf(cutOff)).toBeUndefined();
    const { order: _, ...started } = cutOff;
    expect(enforcementOf(started)?.access).toBe('none');
    expect(enforcementOf({ ...started, fenceMode: 'advisory' })).toBeUndefined();
  });
});
