import { decode, decodeOrThrow, ResourceOrderWire } from '#libs/contracts';
import type { Epoch, FencedResource, GroupId, Json, ResourceOrder, SiteId, StepRecord, WorkerKind } from '#libs/domain';
import {
  GroupStateWire,
  keys,
  type Change,
  type Condition,
  type Entry,
  type Journal,
  type Revision,
} from '#libs/journal';
import type { StepResult } from './step-result.js';

/** An order as it stood at one revision; nothing is done by it unless it still stands so. */
export interface HeldOrder {
  readonly key: string;
  readonly order: ResourceOrder;
  readonly revision: Revision;
}

/** Whether the journal keeps what it is to hold; what moves by itself goes on. */
export const isOrdered = ({ movesByItself }: FencedResource<unknown>): boolean => movesByItself !== true;

/** Whether it is given back what was ordered. A strong fence refuses by itself what is late of ours: a change of others is told. */
export const isKept = (resource: FencedResource<unknown>): boolean => resource.fence === 'weak' && isOrdered(resource);

/** What the journal orders each resource to hold. A leader withdraws an order with the intent of another change. */
export class OrderLedger {
  constructor(private readonly journal: Journal) {}

  /** All that `site` keeps. One that cannot be understood is left out: it orders nothing. @throws UnavailableError */
  async standing(worker: WorkerKind, site: SiteId): Promise<readonly HeldOrder[]> {
    const { entries } = await this.journal.read(keys.orders(worker));
    return entries.flatMap((entry) => {
      const order = orderIn(entry);
      return order?.runsAt === site ? [{ key: entry.key, order, revision: entry.revision }] : [];
    });
  }

  /** What a step orders by having been done: a change of the same transaction as its report. @throws UnavailableError */
  async after(record: StepRecord, group: GroupId, result: StepResult): Promise<Change | undefined> {
    if (result.status !== 'done' || record.action === 'inspect' || record.action === 'read') return undefined;
    const { resource, epoch, run, name: step, worker, runsAt } = record;
    const key = keys.order(worker, resource);
    const value = record.action === 'apply' ? record.desired : await this.#sealedAs(key, result);
    if (value === undefined) return undefined;
    const order: ResourceOrder = { resource, group, value, epoch, run, step, worker, runsAt };
    return { kind: 'put', key, value: JSON.stringify(order) };
  }

  /**
   * The order to be written now, or undefined: it was withdrawn or replaced, or a run under a higher epoch is on its way
   * to the resource. Without a run an older order is first recorded anew under the epoch in force, so that nothing is ever
   * written under a lower one. @throws UnavailableError, OutcomeUnknownError
   */
  async inForce({ key, order, revision }: HeldOrder): Promise<ResourceOrder | undefined> {
    const [epochKey, stateKey] = [keys.epoch(order.group), keys.groupState(order.group)];
    const holdKey = keys.hold(order.group);
    const { entries } = await this.journal.read(key, epochKey, stateKey, holdKey);
    const entryAt = (name: string) => entries.find((entry) => entry.key === name);
    // On hold the journal may be behind: what it ordered counts for nothing until a person has looked.
    if (entryAt(key)?.revision !== revision || entryAt(holdKey)) return undefined;
    const epoch = Number(entryAt(epochKey)?.value ?? 0) as Epoch;
    if (order.epoch === epoch) return order;
    if (order.epoch > epoch || isRunning(entryAt(stateKey))) return undefined;
    const renewed: ResourceOrder = { ...order, epoch };
    const { committed } = await this.journal.commit({
      conditions: [key, epochKey, stateKey, holdKey].map((name) => unchanged(name, entryAt(name))),
      changes: [{ kind: 'put', key, value: JSON.stringify(renewed) }],
    });
    return committed ? renewed : undefined;
  }

  /** A seal changes nothing of what was ordered; where nothing was, what it found is to stay. */
  async #sealedAs(key: string, { verifiedBy }: StepResult): Promise<Json | undefined> {
    const [entry] = (await this.journal.read(key)).entries;
    const standing = entry && orderIn(entry);
    if (standing) return standing.value;
    return (verifiedBy?.observed as { readonly value?: Json } | undefined)?.value;
  }
}

function orderIn({ key, value }: Entry): ResourceOrder | undefined {
  const decoded = decode(ResourceOrderWire, value, key);
  return decoded.ok ? (decoded.value as ResourceOrder) : undefined;
}

const isRunning = (state: Entry | undefined): boolean =>
  state !== undefined && decodeOrThrow(GroupStateWire, state.value, state.key).phase === 'running';

const unchanged = (key: string, entry: Entry | undefined): Condition =>
  entry ? { kind: 'unchanged', key, revision: entry.revision } : { kind: 'absent', key };
