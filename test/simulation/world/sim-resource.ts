import { canonicalJson } from '#libs/contracts';
import {
  epoch as epochOf,
  FencedResource,
  NEVER_STAMPED,
  UnavailableError,
  type Epoch,
  type Json,
  type SiteId,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Draw } from '../kernel/draw.js';
import type { SimProcess } from '../kernel/sim-process.js';
import type { Timeline } from '../kernel/timeline.js';
import type { Unanswered } from './sim-journal.js';

/** What one write came to, as the resource itself knows it. */
export interface Deed {
  readonly resource: SimResource;
  readonly by: string;
  readonly epoch: Epoch;
  readonly before: Stamped<unknown>;
  readonly next: unknown;
  readonly outcome: 'written' | 'stale' | 'fenced';
}

export interface ResourceTrouble {
  /** Does not answer at all. */
  readonly isAway?: boolean;
  readonly unansweredShare?: number;
  readonly fates?: readonly Unanswered[];
  /** Somebody else changes something about it between our look and our write. */
  readonly conflictShare?: number;
  /** Reads answer what it held before. */
  readonly staleShare?: number;
}

export interface ResourceSurroundings {
  readonly timeline: Timeline;
  readonly draw: Draw;
  readonly connects: (one: SiteId, other: SiteId) => boolean;
  readonly onDeed: (deed: Deed) => void;
}

export interface ResourceKind {
  readonly key: string;
  /** The site that has to be reached for it. */
  readonly place: SiteId;
  readonly fence: 'strong' | 'weak';
  readonly movesByItself?: boolean;
  readonly look?: (expected: unknown, process: SimProcess, signal: AbortSignal) => Promise<Verification>;
}

/**
 * Something outside the journal that runs change. What its version covers is what it holds and nothing else, as with a
 * DNS record set: a write that was prepared on a state is let in whenever that state is there again, unless the epoch
 * has moved on. A weak one compares when it is called and then takes whatever arrives.
 */
export class SimResource {
  readonly past: Stamped<unknown>[] = [];
  trouble: ResourceTrouble = {};
  /** Another one that carries the very same stamp: a flow's mirror and its positions are the same connectors. */
  twin: SimResource | undefined;
  #held: Stamped<unknown>;
  #changes = 0;

  constructor(
    readonly kind: ResourceKind,
    initial: unknown,
    readonly around: ResourceSurroundings,
  ) {
    this.#held = { value: initial, epoch: NEVER_STAMPED, version: '' };
    this.#hold(initial, NEVER_STAMPED);
  }

  get key(): string {
    return this.kind.key;
  }

  get held(): Stamped<unknown> {
    return this.#held;
  }

  /** As somebody does who asks no fence; the stamp stays. */
  editedTo(value: unknown): void {
    this.#hold(value, this.#held.epoch);
  }

  /** Somebody changes something that is not the value. */
  touched(): void {
    this.#changes += 1;
    this.#hold(this.#held.value, this.#held.epoch);
  }

  arrive(by: string, seen: Stamped<unknown>, next: unknown, epoch: Epoch): WriteOutcome {
    const before = this.#held;
    const isStrong = this.kind.fence === 'strong';
    const outcome =
      isStrong && epoch < before.epoch ? 'fenced' : isStrong && seen.version !== before.version ? 'stale' : 'written';
    if (outcome === 'written') this.#hold(next, isStrong ? epoch : epochOf(Math.max(epoch, 0)));
    this.around.onDeed({ resource: this, by, epoch, before, next, outcome });
    return outcome === 'written' ? 'written' : 'refused';
  }

  /** What a weak one's adapter compares before it calls. */
  lets(by: string, seen: Stamped<unknown>, next: unknown, epoch: Epoch): boolean {
    const before = this.#held;
    const isFenced = epoch < before.epoch;
    if (isFenced) this.around.onDeed({ resource: this, by, epoch, before, next, outcome: 'fenced' });
    return !isFenced && seen.version === before.version;
  }

  #hold(value: unknown, epoch: Epoch): void {
    this.#held = { value, epoch, version: canonicalJson({ value, epoch, changes: this.#changes }) };
    this.past.push(this.#held);
    if (this.past.length > 16) this.past.shift();
    if (this.twin && this.twin.held.epoch !== epoch) this.twin.#hold(this.twin.held.value, epoch);
  }
}

/** A resource as one incarnation of a worker reaches it. */
export class ReachedResource extends FencedResource<unknown> {
  override readonly fence: 'strong' | 'weak';
  override readonly movesByItself: boolean;

  constructor(
    private readonly resource: SimResource,
    private readonly process: SimProcess,
    private readonly timeoutMs: number,
  ) {
    super();
    this.fence = resource.kind.fence;
    this.movesByItself = resource.kind.movesByItself ?? false;
  }

  override read(_signal: AbortSignal): Promise<Stamped<unknown>> {
    return this.process.ask(async () => {
      await this.reach();
      const { resource } = this;
      const { draw } = resource.around;
      const isStale = draw.isSo(resource.trouble.staleShare ?? 0);
      return (isStale ? resource.past.at(-2) : undefined) ?? resource.held;
    });
  }

  override write(seen: Stamped<unknown>, next: unknown, epoch: Epoch, _signal: AbortSignal): Promise<WriteOutcome> {
    return this.process.ask(async () => {
      await this.reach();
      const { resource, process } = this;
      const { timeline, draw } = resource.around;
      const { unansweredShare = 0, fates = [], conflictShare = 0 } = resource.trouble;
      if (resource.kind.fence === 'weak' && !resource.lets(process.id, seen, next, epoch)) return 'refused';
      const arrive = () => resource.arrive(process.id, seen, next, epoch);
      if (draw.isSo(unansweredShare)) {
        const fate = draw.pick(fates);
        if (fate === 'done') arrive();
        if (fate === 'late') timeline.after(draw.lasting(500, 120_000), () => void arrive());
        await timeline.pause(this.timeoutMs);
        return 'unknown';
      }
      if (draw.isSo(conflictShare)) resource.touched();
      if (draw.isSo(0.5)) await timeline.pause(draw.between(0, 20));
      return arrive();
    });
  }

  override verify(expected: unknown, signal: AbortSignal): Promise<Verification> {
    return this.process.ask(async () => {
      await this.reach();
      const { kind, held } = this.resource;
      if (kind.look) return kind.look(expected, this.process, signal);
      const holds = expected === undefined || canonicalJson(held.value) === canonicalJson(expected);
      return { check: 'look', observed: { value: held.value as Json, epoch: held.epoch }, holds };
    });
  }

  private async reach(): Promise<void> {
    const { kind, trouble, around } = this.resource;
    if (!trouble.isAway && around.connects(this.process.site, kind.place)) return;
    await around.timeline.pause(this.timeoutMs);
    throw new UnavailableError(`${kind.key} does not answer`);
  }
}
