import { canonicalJson } from '#libs/contracts';
import {
  destinationsOf,
  FencedResource,
  resourceKey,
  UnavailableError,
  type Backlog,
  type Epoch,
  type Json,
  type SalvageOrder,
  type Stamped,
  type Verification,
  type WriteOutcome,
} from '#libs/domain';
import type { Settings } from '#libs/decision';
import { InMemoryFencedResource } from '#libs/jobs';
import type { Cuts } from './cuts.js';
import type { Life } from './life.js';

/** What does not come true however often it is tried: a look at the resource, in expectation of a value. */
export interface Trouble {
  readonly resource: string;
  readonly expected: Json;
  /** False when there is not even an answer. */
  readonly answers?: false;
}

/**
 * A strong resource of the world. Its version is what it holds and nothing else, as with a DNS record set: a write that
 * was prepared on a state is let in whenever that state is there again, unless the epoch has moved on.
 */
export class WorldResource extends InMemoryFencedResource<unknown> {
  /** All that it ever held. */
  readonly past: Stamped<unknown>[] = [];
  /** Other resources that carry the very same stamp. */
  siblings: readonly WorldResource[] = [];

  constructor(
    readonly key: string,
    initial: unknown,
    private readonly trouble: () => readonly Trouble[],
    private readonly onWritten: () => void,
  ) {
    super(initial);
    this.past.push(this.held);
  }

  override async read(): Promise<Stamped<unknown>> {
    return { ...this.held, version: versionOf(this.held) };
  }

  override async write(
    seen: Stamped<unknown>,
    next: unknown,
    epoch: Epoch,
    signal: AbortSignal,
  ): Promise<WriteOutcome> {
    const version = seen.version === versionOf(this.held) ? this.held.version : 'another';
    const outcome = await super.write({ ...seen, version }, next, epoch, signal);
    if (outcome === 'written') {
      this.past.push(this.held);
      for (const sibling of this.siblings) sibling.stamped(epoch);
      this.onWritten();
    }
    return outcome;
  }

  private stamped(epoch: Epoch): void {
    this.set(this.held.value, epoch);
    this.past.push(this.held);
  }

  override async verify(expected: unknown, signal: AbortSignal): Promise<Verification> {
    const trouble = this.trouble().find(
      (each) => each.resource === this.key && canonicalJson(each.expected) === canonicalJson(expected ?? null),
    );
    if (trouble?.answers === false) throw new UnavailableError(`${this.key} does not answer`);
    const { check, observed, holds } = await this.look(expected, signal);
    return { check, observed, holds: holds && !trouble };
  }

  protected look(expected: unknown, signal: AbortSignal): Promise<Verification> {
    return super.verify(expected, signal);
  }
}

const versionOf = ({ value, epoch }: Stamped<unknown>): string => canonicalJson({ value, epoch });

/** A look at a mirror without expectations says how far its target reaches. */
class Mirror extends WorldResource {
  protected override async look(expected: unknown, signal: AbortSignal): Promise<Verification> {
    if (expected !== undefined) return super.look(expected, signal);
    return { check: 'log-ends', observed: { targetEnds: { 'orders-0': 100 } }, holds: true };
  }
}

/** Only ever looked at: nothing is left to copy, unless somebody says so. */
class UncopiedBacklog extends WorldResource {
  left: Backlog = { records: 0, ranges: [] };

  protected override async look(): Promise<Verification> {
    return { check: 'log-ends', observed: this.left as unknown as Json, holds: true };
  }
}

/** Accounts for every record that it was told to copy. */
class Salvage extends WorldResource {
  protected override async look(expected: unknown, signal: AbortSignal): Promise<Verification> {
    const { ranges = [] } = (this.held.value ?? {}) as Partial<SalvageOrder>;
    const none = { superseded: 0, alreadyThere: 0, left: 0, aborted: 0, hash: 'hash' };
    const partitions = ranges.map((range) => ({ ...range, copied: range.to - range.from, ...none }));
    return { ...(await super.look(expected, signal)), observed: { partitions } };
  }
}

/** Everything that runs of one group change, as it is while `active` is. */
export class World {
  readonly resources: ReadonlyMap<string, WorldResource>;
  trouble: readonly Trouble[] = [];
  /** What was so at some moment and must never be. */
  readonly wrongs = new Set<string>();

  constructor({ shape }: Settings, active: string, initial: Readonly<Record<string, Json>> = {}) {
    const trouble = () => this.trouble;
    const made: WorldResource[] = [];
    const add = (Kind: typeof WorldResource, ref: Parameters<typeof resourceKey>[0], value: Json) => {
      const key = resourceKey(ref);
      made.push(new Kind(key, initial[key] ?? value, trouble, () => this.judge()));
    };
    const { group } = shape;
    for (const site of shape.sites) {
      add(WorldResource, { kind: 'write-access', group, site }, site === active ? 'clients' : 'inbound');
      for (const { id, data } of shape.configs)
        add(WorldResource, { kind: 'config', config: id, site }, { ...data[active] });
    }
    for (const { id, from } of shape.flows) {
      add(Mirror, { kind: 'mirror', flow: id }, from === active ? 'running' : 'stopped');
      add(WorldResource, { kind: 'positions', flow: id }, {});
      add(UncopiedBacklog, { kind: 'backlog', flow: id }, {});
      add(Salvage, { kind: 'salvage', flow: id }, {});
      add(WorldResource, { kind: 'group-offsets', flow: id }, 'unseeded');
    }
    for (const { name, ttlSeconds, targets } of shape.names) {
      const addresses = targets[active] ? destinationsOf(targets[active]) : [];
      add(WorldResource, { kind: 'name', name }, { addresses, ttlSeconds });
    }
    this.resources = new Map(made.map((resource) => [resource.key, resource]));
    // A flow's mirror and its positions are the same connectors, and its groups' stamp stands there too.
    for (const { id } of shape.flows) {
      const all = ['mirror', 'positions', 'group-offsets'].map((kind) => this.get(`${kind}/${id}`));
      for (const each of all) each.siblings = all.filter((other) => other !== each);
    }
  }

  /** Two of a kind: sites that take clients' writes, or directions that copy at the same time. */
  private judge(): void {
    for (const [kind, value] of [
      ['write-access', 'clients'],
      ['mirror', 'running'],
    ] as const) {
      const such = [...this.resources.values()].filter(({ key, held }) => key.startsWith(kind) && held.value === value);
      if (such.length > 1) this.wrongs.add(`${such.map(({ key }) => key).join(' and ')} were ${value} at once`);
    }
  }

  /** What `flow` will never copy by itself, since its source was left. */
  strand(flow: string, left: Backlog): void {
    const backlog = this.get(`backlog/${flow}`);
    if (backlog instanceof UncopiedBacklog) backlog.left = left;
  }

  get(key: string): WorldResource {
    const resource = this.resources.get(key);
    if (!resource) throw new Error(`the world has no ${key}`);
    return resource;
  }
}

/** A resource as one incarnation of a worker reaches it, which can be cut at each of its writes. */
export class MortalResource extends FencedResource<unknown> {
  override readonly fence = 'strong';

  constructor(
    private readonly resource: WorldResource,
    private readonly life: Life,
    private readonly cuts: Cuts,
  ) {
    super();
  }

  override read(): Promise<Stamped<unknown>> {
    return this.life.hear(() => this.resource.read());
  }

  override write(seen: Stamped<unknown>, next: unknown, epoch: Epoch, signal: AbortSignal): Promise<WriteOutcome> {
    const { life, resource } = this;
    const point = { kind: 'write', by: life.process, resource: resource.key, seen: seen.value, next } as const;
    const act = () => resource.write(seen, next, epoch, signal);
    return life.hear(() => this.cuts.pass(life, point, { act, unanswered: () => 'unknown' as const }));
  }

  override verify(expected: unknown, signal: AbortSignal): Promise<Verification> {
    return this.life.hear(() => this.resource.verify(expected, signal));
  }
}
