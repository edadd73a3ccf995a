import { canonicalJson, decodeDesired } from '#libs/contracts';
import {
  messageOf,
  NEVER_STAMPED,
  resourceKey,
  SignalboxError,
  UnavailableError,
  type Epoch,
  type FencedResource,
  type ResourceOrder,
  type SiteId,
  type Stamped,
  type WorkerKind,
} from '#libs/domain';
import type { Journal } from '#libs/journal';
import type { Clock, Log, Readiness, Stop } from '#libs/runtime';
import { isKept, OrderLedger, type HeldOrder } from './order-ledger.js';
import type { ReassertionTally } from './reassertion-tally.js';
import { laneOf, type ResourceLanes } from './resource-lanes.js';
import type { ResolveResource } from './step-attempt.js';
import { within } from './time-limit.js';

export interface ReassertionPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly readiness: Readiness;
  readonly log: Log;
  readonly tally: ReassertionTally;
}

export interface ReassertionSettings {
  readonly site: SiteId;
  readonly worker: WorkerKind;
  /** A resource that was changed holds its order again within this, when it answers at once. */
  readonly reassertMs: number;
  /** For one look at a resource, or one look, write and read-back. */
  readonly callTimeoutMs: number;
  /** Whether this process keeps it: not in mode observe, and not what signalbox.yaml has no place for any more. */
  readonly mayKeep: (order: ResourceOrder) => boolean;
}

/**
 * Gives back to weak resources what the journal orders them to hold, while a run is open and after it closed: a weak fence
 * refuses none of what comes from outside. Steps have precedence. It writes what was decided and decides nothing, so a
 * freeze does not stop it; a resource that carries a higher epoch is left alone.
 */
export class Reassertion {
  readonly #orders: OrderLedger;
  readonly #tended = new Map<string, Promise<void>>();
  readonly #missing = new Set<string>();
  /** Written and not read back in time, as when a stop takes long: what was found before, and under which epoch it was written. */
  readonly #unconfirmed = new Map<string, { readonly found: Stamped<unknown>; readonly epoch: Epoch }>();
  readonly #stopped = new AbortController();
  #stop: Stop = () => undefined;

  constructor(
    private readonly ports: ReassertionPorts,
    private readonly settings: ReassertionSettings,
    private readonly resolve: ResolveResource,
    private readonly lanes: ResourceLanes,
  ) {
    this.#orders = new OrderLedger(ports.journal);
  }

  start(): void {
    this.#stop = this.ports.clock.every(this.settings.reassertMs / 2, () => this.#look());
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#stop();
    await Promise.all(this.#tended.values());
  }

  /** Side by side: a resource that does not answer holds up no other, and is not asked again before it has. */
  async #look(): Promise<void> {
    const standing = await this.#standing();
    if (!standing || this.#stopped.signal.aborted) return;
    for (const name of this.#missing)
      if (!standing.some(({ order }) => componentOf(order) === name)) this.#forget(name);
    for (const held of standing) {
      if (this.#tended.has(held.key)) continue;
      const tended = this.#tend(held).finally(() => this.#tended.delete(held.key));
      this.#tended.set(held.key, tended);
    }
  }

  /** Undefined while the journal does not answer: who holds what cannot be told then. */
  async #standing(): Promise<readonly HeldOrder[] | undefined> {
    const { worker, site, mayKeep } = this.settings;
    try {
      return (await this.#orders.standing(worker, site)).filter(({ order }) => mayKeep(order));
    } catch (error) {
      // The worker that looks for steps says that the journal is missing.
      if (!(error instanceof SignalboxError)) throw error;
      return undefined;
    }
  }

  async #tend(held: HeldOrder): Promise<void> {
    const { order } = held;
    const resource = this.resolve(order.resource);
    if (!resource || !isKept(resource)) return;
    const component = componentOf(order);
    try {
      const ordered = orderedBy(order);
      const glance = async (limit: AbortSignal) => resource.glance?.(limit) ?? resource.read(limit);
      const seen = await this.#within(glance, this.#stopped.signal);
      if (holds(resource, seen, order, ordered)) this.#confirm(held, order, seen);
      else if (!(await this.#inTurn(held, resource, ordered))) return;
      this.#ready(component);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      if (this.#stopped.signal.aborted) return;
      this.#missing.add(component);
      this.ports.readiness.missing(component, `It cannot be kept at what the journal orders: ${messageOf(error)}`);
    }
  }

  /** Waits for the step that changes the resource, and ends when one comes: without an epoch of its own it goes before none. */
  async #inTurn(held: HeldOrder, resource: FencedResource<unknown>, ordered: unknown): Promise<boolean> {
    const stepCame = new AbortController();
    const superseded = AbortSignal.any([stepCame.signal, this.#stopped.signal]);
    let isGivenBack = false;
    await this.lanes.take(laneOf(held.order.resource, 'change'), NEVER_STAMPED, stepCame, async () => {
      if (superseded.aborted) return;
      try {
        isGivenBack = await this.#within((limit) => this.#giveBack(held, resource, ordered, limit), superseded);
      } catch (error) {
        if (!superseded.aborted) throw error;
      }
    });
    if (stepCame.signal.aborted) this.#unconfirmed.delete(held.key);
    return isGivenBack;
  }

  /** The journal is asked AFTER the resource: whatever was decided before that is seen, and what came later is refused. */
  async #giveBack(
    held: HeldOrder,
    resource: FencedResource<unknown>,
    ordered: unknown,
    limit: AbortSignal,
  ): Promise<boolean> {
    const found = await resource.read(limit);
    if (holds(resource, found, held.order, ordered)) return true;
    const order = await this.#orders.inForce(held);
    if (!order || limit.aborted) return false;
    this.#unconfirmed.set(held.key, { found, epoch: order.epoch });
    const { run, step } = order;
    const outcome = await resource.write(found, ordered, order.epoch, limit, { run, step });
    if (outcome === 'refused') this.#unconfirmed.delete(held.key);
    const now = await resource.read(limit);
    if (!holds(resource, now, order, ordered)) {
      throw new UnavailableError(`written with outcome ${outcome}, it holds ${shown(now)}`);
    }
    this.#confirm(held, order, now);
    return true;
  }

  /** Told once it was read back. Not where a step has come in between, or a newer run: then it may have been theirs. */
  #confirm({ key }: HeldOrder, order: ResourceOrder, now: Stamped<unknown>): void {
    const written = this.#unconfirmed.get(key);
    this.#unconfirmed.delete(key);
    if (written?.epoch === order.epoch && now.epoch === order.epoch) this.#tell(order, written.found);
  }

  #tell(order: ResourceOrder, { value, epoch }: Stamped<unknown>): void {
    const { resource, group, value: ordered } = order;
    const name = resourceKey(resource);
    const found = { value, epoch };
    this.ports.log.warn(
      { resource: name, group, epoch: order.epoch, ordered, found },
      `${name} was changed from outside: it holds again what step ${order.step} of ${order.run} ordered`,
    );
    this.ports.tally.note({ group, resource, epoch: order.epoch, ordered, found });
  }

  async #within<T>(work: (limit: AbortSignal) => Promise<T>, superseded: AbortSignal): Promise<T> {
    const { callTimeoutMs } = this.settings;
    const result = await within(this.ports.clock, callTimeoutMs, superseded, work);
    if (result === undefined) throw new UnavailableError(`no answer within ${callTimeoutMs} ms`);
    return result;
  }

  #ready(component: string): void {
    if (this.#missing.delete(component)) this.ports.readiness.ready(component);
  }

  #forget(component: string): void {
    this.#missing.delete(component);
    this.ports.readiness.forget(component);
  }
}

/** A higher epoch is a newer decision, or a journal that was set back: neither is ours to undo. */
function holds(
  resource: FencedResource<unknown>,
  { value, epoch, isPartial }: Stamped<unknown>,
  order: ResourceOrder,
  ordered: unknown,
): boolean {
  if (epoch !== order.epoch) return epoch > order.epoch;
  if (isPartial) return false;
  return canonicalJson(value) === canonicalJson(ordered) || (resource.shows?.(value, ordered) ?? false);
}

/** @throws MalformedError */
function orderedBy({ resource, value, step }: ResourceOrder): unknown {
  const decoded = decodeDesired(resource.kind, value, `the order of ${step}`);
  if (!decoded.ok) throw decoded.problem;
  return decoded.value;
}

const componentOf = ({ resource }: ResourceOrder): string => `order of ${resourceKey(resource)}`;
const shown = ({ value, epoch }: Stamped<unknown>): string => `${canonicalJson(value)} under epoch ${epoch}`;
