import type { Epoch, Instant, WriteAccess } from '#libs/domain';
import type { FenceMode, GroupMode } from '#libs/topology';
import type { HeldAccess } from '../fence/held-access.js';

/** A point in time on both clocks: the monotonic one stands still while a machine is suspended, the other can be set. */
export interface Moment {
  readonly monotonicMs: number;
  readonly at: Instant;
}

/** Clocks that disagree by more than this mean that the machine slept, or that somebody set the time. */
const SUSPENDED_MS = 1_000;

/**
 * How long the site may still rely on its lease; 0 or less: not at all. Counts from SENDING the last renewal that was
 * answered and followed by a read, because whoever waits the lease out counts from when the journal took it, never before.
 */
export function leaseLeftMs(lastRenewal: Moment | undefined, now: Moment, selfFenceMs: number): number {
  if (!lastRenewal) return 0;
  const ranMs = now.monotonicMs - lastRenewal.monotonicMs;
  const passedMs = now.at - lastRenewal.at;
  return selfFenceMs - (passedMs - ranMs > SUSPENDED_MS ? passedMs : ranMs);
}

/** What the journal said of a group's writes at this site, read after the last renewal. */
export interface Order {
  /** `undefined`: an open run's steps rule here, and the last of them has not said yet. */
  readonly access: WriteAccess | undefined;
  readonly epoch: Epoch;
  /** The journal may be behind the resources: until a person has said how it stands, its order counts for nothing. */
  readonly isOnHold?: boolean;
}

export interface Standing {
  readonly mode: GroupMode;
  readonly fenceMode: FenceMode;
  readonly leaseHolds: boolean;
  /** Missing until this process has read the journal once. */
  readonly order?: Order;
  readonly held: { readonly value: HeldAccess; readonly epoch: Epoch };
}

export interface Enforcement {
  readonly access: WriteAccess;
  readonly epoch: Epoch;
  readonly why: 'self-fence' | 'newer-epoch' | 'journal' | 'closed-listener';
}

/** What the guard does about a group by itself, between the steps of runs; `undefined`: it leaves things alone. Pure. */
export function enforcementOf({ mode, fenceMode, leaseHolds, order, held }: Standing): Enforcement | undefined {
  if (mode === 'observe') return undefined;
  if (!leaseHolds || !order) return mustSelfFence(fenceMode, order) ? selfFence(held) : undefined;
  if (order.isOnHold) return undefined;
  if (held.epoch > order.epoch) {
    // The journal is older than the resource, as after a restore: what the newer epoch opened or closed stays so.
    const access = held.value === 'unset' ? 'none' : held.value;
    return { access, epoch: held.epoch, why: 'newer-epoch' };
  }
  return order.access && { access: order.access, epoch: order.epoch, why: 'journal' };
}

/**
 * `strict` sites pay with an outage when they are cut off, and others may rely on it. `guarded` ones serve on, but not
 * right after a start: then somebody may have attested that the site is off. `advisory` accepts the split.
 */
const mustSelfFence = (fenceMode: FenceMode, order: Order | undefined): boolean => {
  switch (fenceMode) {
    case 'strict':
      return true;
    case 'guarded':
      return order === undefined;
    case 'advisory':
      return false;
  }
};

/** The standing fence keeps clients out as well, and lets replication go on. The stamp stays: this is nobody's order. */
const selfFence = ({ value, epoch }: Standing['held']): Enforcement => ({
  access: value === 'inbound' ? 'inbound' : 'none',
  epoch,
  why: 'self-fence',
});
