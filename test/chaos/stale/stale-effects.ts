import { decodeDesired } from '#libs/contracts';
import { resourceKey, type Epoch, type Stamped, type StepRecord } from '#libs/domain';
import type { Clock } from '#libs/runtime';
import type { StaleWrite } from '../checker/facts.js';
import type { Held } from './resources.js';

const CALL_TIMEOUT_MS = 1_000;
/** Stopping a flow whose source is far or dead takes Connect a while. */
const LATE_WRITE_TIMEOUT_MS = 3_000;
/** Of one resource: those of older epochs have been refused before. */
const KEPT = 2;

/** What a worker had in its hand when it stopped: what it saw, what it was about to write, and under which epoch. */
interface Prepared {
  readonly key: string;
  readonly epoch: Epoch;
  readonly seen: Stamped<unknown>;
  readonly desired: unknown;
}

/**
 * A worker that takes every step in hand, never does it, and wakes up when a newer epoch is in force on the resource: it
 * then tries what it had prepared, and again with what is there now and its old epoch.
 */
export class StaleEffects {
  private readonly prepared = new Map<string, readonly Prepared[]>();
  private readonly sealed = new Map<string, Epoch>();
  private readonly inHand = new Set<string>();

  constructor(
    private readonly resources: ReadonlyMap<string, Held>,
    private readonly clock: Clock,
    private readonly report: (write: StaleWrite) => void,
  ) {}

  /** Takes a step in hand the first time it hears of it under an epoch. */
  async prepare(step: StepRecord): Promise<void> {
    const key = resourceKey(step.resource);
    const held = this.resources.get(key);
    const mark = `${key} ${step.epoch} ${step.name}`;
    if (!held || step.action !== 'apply' || this.inHand.has(mark)) return;
    this.inHand.add(mark);
    const desired = decodeDesired(step.resource.kind, step.desired, step.name);
    if (!desired.ok) return;
    const seen = await held.resource.read(this.limit());
    const before = (this.prepared.get(key) ?? []).filter((each) => each.epoch !== step.epoch);
    const next = { key, epoch: step.epoch, seen, desired: desired.value };
    this.prepared.set(key, [...before, next].toSorted((one, other) => one.epoch - other.epoch).slice(-KEPT - 1));
  }

  /** Once more where a resource can refuse by itself: a step of a run that has sealed it was opened. */
  async wakeAgain(inForce: Epoch): Promise<void> {
    for (const key of this.sealedUnder(inForce))
      if (this.resources.get(key)?.resource.fence === 'strong') await this.wake(key, inForce);
  }

  /** Once more everywhere. What could not be sealed is no fence: its site is in quarantine for that. */
  async afterClose(inForce: Epoch): Promise<void> {
    const keys = this.sealedUnder(inForce);
    for (const key of keys) await this.wake(key, inForce);
    await this.arriveLate(keys, inForce);
  }

  /** The resource was sealed under `inForce`: everything of lower epochs is too late. */
  async wake(key: string, inForce: Epoch): Promise<void> {
    this.sealed.set(key, inForce);
    const held = this.resources.get(key);
    const late = (this.prepared.get(key) ?? []).filter((each) => each.epoch < inForce).slice(-KEPT);
    if (!held) return;
    for (const each of late) {
      await this.fire(held, each, each.seen, inForce, 'as-prepared');
      const now = await held.resource.read(this.limit()).catch(() => undefined);
      // Where the resource itself can refuse, it alone is asked: the worker believes that nothing was stamped since.
      if (now) await this.fire(held, each, held.believing?.(now, each.epoch) ?? now, inForce, 'fresh');
    }
  }

  /**
   * A write that was compared long ago arrives after all, at one resource that cannot refuse. The run is over, so that
   * nobody but who keeps the resource puts it right.
   */
  private async arriveLate(keys: readonly string[], inForce: Epoch): Promise<void> {
    const late = keys.flatMap((key) => {
      const last = (this.prepared.get(key) ?? []).findLast((each) => each.epoch < inForce);
      const held = this.resources.get(key);
      return last && held?.writeCompared ? [{ ...last, held, write: held.writeCompared }] : [];
    });
    const chosen = late[inForce % Math.max(1, late.length)];
    if (!chosen) return;
    const { held, write, desired, epoch: stale, key } = chosen;
    const arrived = await write(desired, stale, this.limit(LATE_WRITE_TIMEOUT_MS)).then(
      () => 'accepted' as const,
      () => 'none' as const,
    );
    const about = { resource: nameOf(key), fence: held.resource.fence, epoch: stale, inForce } as const;
    this.report({ at: this.clock.now(), ...about, against: 'compared', answer: arrived });
  }

  private async fire(
    held: Held,
    { key, epoch: stale, desired }: Prepared,
    seen: Stamped<unknown>,
    inForce: Epoch,
    against: StaleWrite['against'],
  ): Promise<void> {
    const { resource } = held;
    const about = { resource: nameOf(key), fence: resource.fence, epoch: stale, inForce, against };
    const outcome = await resource.write(seen, desired, stale, this.limit()).catch(() => 'unknown' as const);
    const answer = {
      written: () => 'accepted' as const,
      refused: () => held.answered() ?? ('withheld' as const),
      unknown: () => 'none' as const,
    }[outcome]();
    this.report({ at: this.clock.now(), ...about, answer });
  }

  private sealedUnder(inForce: Epoch): readonly string[] {
    return [...this.sealed].filter(([, under]) => under === inForce).map(([key]) => key);
  }

  private limit(ms = CALL_TIMEOUT_MS): AbortSignal {
    return AbortSignal.timeout(ms);
  }
}

/** As the checker names it: without the group. */
const nameOf = (key: string): string => key.replace(/^write-access\/[^/]+\//, 'write-access/');
