import type { Clock, Readiness, Stop } from '#libs/runtime';
import { EtcdRefusal } from './etcd-errors.js';
import { EtcdGateway, type EtcdOptions } from './etcd-gateway.js';
import { EtcdWatch } from './etcd-watch.js';
import { compare, entryOf, operation, range, revisionOf, type TxnReply } from './etcd-wire.js';
import {
  Journal,
  type CommitOutcome,
  type LeaseId,
  type Revision,
  type Snapshot,
  type Transaction,
  type WatchListener,
} from './journal.js';
import { byKey } from './names.js';
import { assertWellFormed } from './well-formed.js';

const NOT_FOUND = 5;
const isNotFound = (error: unknown): boolean => error instanceof EtcdRefusal && error.grpcCode === NOT_FOUND;

/** The journal on etcd 3.5 or newer, over its JSON gateway. */
export class EtcdJournal extends Journal {
  readonly #gateway: EtcdGateway;
  readonly #watches = new Set<EtcdWatch>();

  constructor(
    private readonly options: EtcdOptions,
    private readonly clock: Clock,
    /** Told of every member that goes missing or returns. */
    readiness?: Readiness,
  ) {
    super();
    this.#gateway = new EtcdGateway(options, clock, readiness);
  }

  override async read(...names: readonly string[]): Promise<Snapshot> {
    // A transaction of ranges that are not `serializable` is one linearizable read at one revision.
    const success = names.map((name) => ({ request_range: range(name) }));
    const reply = await this.#gateway.ask<TxnReply>('/v3/kv/txn', { success });
    const entries = reply.responses?.flatMap(({ response_range }) => response_range?.kvs ?? []).map(entryOf) ?? [];
    const unique = new Map(entries.map((entry) => [entry.key, entry]));
    return { revision: revisionOf(reply.header), entries: [...unique.values()].sort(byKey) };
  }

  override async commit(transaction: Transaction): Promise<CommitOutcome> {
    assertWellFormed(transaction);
    const body = { compare: transaction.conditions.map(compare), success: transaction.changes.map(operation) };
    try {
      const reply = await this.#gateway.tell<TxnReply>('/v3/kv/txn', body);
      return reply.succeeded ? { committed: true, revision: revisionOf(reply.header) } : { committed: false };
    } catch (error) {
      // The only thing a transaction can fail to find is a lease.
      if (isNotFound(error)) return { committed: false };
      throw error;
    }
  }

  override watch(name: string, after: Revision, listener: WatchListener): Stop {
    const end = () => {
      watch.stop();
      this.#watches.delete(watch);
    };
    const onGap = () => {
      end();
      listener.onGap();
    };
    const watch = new EtcdWatch(
      name,
      after,
      { onEvents: listener.onEvents, onGap },
      this.#gateway,
      this.clock,
      this.options.requestTimeoutMs,
    );
    this.#watches.add(watch);
    return end;
  }

  override async grantLease(ttlMs: number): Promise<LeaseId> {
    // Repeatable: a lease whose grant went unanswered holds nothing and ends by itself.
    const body = { TTL: String(Math.ceil(ttlMs / 1000)) };
    const { ID } = await this.#gateway.ask<{ readonly ID: string }>('/v3/lease/grant', body);
    return ID as LeaseId;
  }

  override async renewLease(lease: LeaseId): Promise<boolean> {
    const reply = await this.#gateway.ask<{ readonly result?: { readonly TTL?: string } }>('/v3/lease/keepalive', {
      ID: lease,
    });
    return reply.result?.TTL !== undefined;
  }

  override async revokeLease(lease: LeaseId): Promise<void> {
    await this.#gateway.ask('/v3/lease/revoke', { ID: lease }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  override missing(): readonly string[] {
    return this.#gateway.members.missing();
  }

  override async close(): Promise<void> {
    for (const watch of this.#watches) watch.stop();
    this.#watches.clear();
    this.#gateway.close();
  }
}
