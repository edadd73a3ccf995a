import { invariant } from '#libs/domain';
import type { Clock, Stop } from '#libs/runtime';
import {
  Journal,
  type Change,
  type CommitOutcome,
  type Condition,
  type Entry,
  type LeaseId,
  type Revision,
  type Snapshot,
  type Transaction,
  type WatchEvent,
  type WatchListener,
} from './journal.js';
import { byKey, covers, isPrefix } from './names.js';
import { assertWellFormed } from './well-formed.js';

interface Lease {
  readonly ttlMs: number;
  readonly keys: Set<string>;
  readonly ended: AbortController;
  /** On the clock's monotonic time. */
  endsAtMs: number;
}

interface Watch {
  readonly name: string;
  readonly listener: WatchListener;
  delivered: Revision;
  stopped: boolean;
}

/** A real journal without durability: for unit tests and simulation, where its leases live on the given clock. */
export class InMemoryJournal extends Journal {
  readonly #entries = new Map<string, Entry>();
  /** All of them in order. */
  readonly #keys: string[] = [];
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #watches = new Set<Watch>();
  #history: { readonly revision: Revision; readonly events: readonly WatchEvent[] }[] = [];
  #revision = 1 as Revision;
  #compacted = 0 as Revision;
  #granted = 0;

  constructor(private readonly clock: Clock) {
    super();
  }

  override async read(...names: readonly string[]): Promise<Snapshot> {
    const found = new Map(names.flatMap((name) => this.#under(name)).map((entry) => [entry.key, entry]));
    return { revision: this.#revision, entries: [...found.values()].sort(byKey) };
  }

  override async commit(transaction: Transaction): Promise<CommitOutcome> {
    assertWellFormed(transaction);
    const leasesLive = transaction.changes.every(
      (change) => change.kind === 'delete' || change.lease === undefined || this.#leases.has(change.lease),
    );
    if (!leasesLive || !transaction.conditions.every((condition) => this.#holds(condition))) {
      return { committed: false };
    }
    this.#apply(transaction.changes);
    return { committed: true, revision: this.#revision };
  }

  override watch(name: string, after: Revision, listener: WatchListener): Stop {
    const watch: Watch = { name, listener, delivered: after, stopped: false };
    this.#watches.add(watch);
    queueMicrotask(() => this.#deliver(watch));
    return () => this.#end(watch);
  }

  override async grantLease(ttlMs: number): Promise<LeaseId> {
    const wholeMs = Math.ceil(ttlMs / 1000) * 1000;
    const id = String(++this.#granted) as LeaseId;
    const endsAtMs = this.clock.monotonicMs() + wholeMs;
    const lease: Lease = { ttlMs: wholeMs, keys: new Set(), ended: new AbortController(), endsAtMs };
    this.#leases.set(id, lease);
    void this.#endWhenDue(id, lease);
    return id;
  }

  override async renewLease(id: LeaseId): Promise<boolean> {
    const lease = this.#leases.get(id);
    if (lease) lease.endsAtMs = this.clock.monotonicMs() + lease.ttlMs;
    return lease !== undefined;
  }

  override async revokeLease(id: LeaseId): Promise<void> {
    const lease = this.#leases.get(id);
    if (!lease) return;
    this.#leases.delete(id);
    lease.ended.abort();
    this.#apply([...lease.keys].map((key) => ({ kind: 'delete', key })));
  }

  override missing(): readonly string[] {
    return [];
  }

  override async close(): Promise<void> {
    for (const watch of this.#watches) this.#end(watch);
    for (const lease of this.#leases.values()) lease.ended.abort();
  }

  /** Forgets history before `revision`, as etcd's compaction does: watches from further back meet a gap. */
  compact(revision: Revision): void {
    invariant(revision <= this.#revision, `revision ${revision} has not happened yet`);
    this.#compacted = revision;
    this.#history = this.#history.filter((past) => past.revision >= revision);
  }

  #under(name: string): readonly Entry[] {
    if (!isPrefix(name)) {
      const entry = this.#entries.get(name);
      return entry ? [entry] : [];
    }
    const entries: Entry[] = [];
    for (let at = firstFrom(this.#keys, name); this.#keys[at]?.startsWith(name); at++) {
      const entry = this.#entries.get(this.#keys[at] ?? '');
      if (entry) entries.push(entry);
    }
    return entries;
  }

  #holds(condition: Condition): boolean {
    const entry = this.#entries.get(condition.key);
    switch (condition.kind) {
      case 'absent':
        return entry === undefined;
      case 'unchanged':
        return entry?.revision === condition.revision;
      case 'equals':
        return entry?.value === condition.value;
    }
  }

  #apply(changes: readonly Change[]): void {
    const revision = (this.#revision + 1) as Revision;
    const events = changes.flatMap((change) => this.#change(change, revision));
    if (events.length === 0) return;
    this.#revision = revision;
    this.#history.push({ revision, events });
    for (const watch of this.#watches) queueMicrotask(() => this.#deliver(watch));
  }

  #change(change: Change, revision: Revision): WatchEvent[] {
    const { key } = change;
    for (const lease of this.#leases.values()) lease.keys.delete(key);
    const isThere = this.#entries.has(key);
    if (isThere && change.kind === 'delete') this.#keys.splice(firstFrom(this.#keys, key), 1);
    if (!isThere && change.kind === 'put') this.#keys.splice(firstFrom(this.#keys, key), 0, key);
    if (change.kind === 'delete') return this.#entries.delete(key) ? [{ kind: 'delete', key, revision }] : [];
    const entry: Entry = { key, value: change.value, revision };
    this.#entries.set(key, entry);
    if (change.lease) this.#leases.get(change.lease)?.keys.add(key);
    return [{ kind: 'put', entry }];
  }

  #deliver(watch: Watch): void {
    if (watch.stopped) return;
    if (watch.delivered + 1 < this.#compacted) {
      this.#end(watch);
      watch.listener.onGap();
      return;
    }
    const from = this.#history.findLastIndex((past) => past.revision <= watch.delivered) + 1;
    for (const { revision, events } of this.#history.slice(from)) {
      watch.delivered = revision;
      const seen = events.filter((event) => covers(watch.name, event.kind === 'put' ? event.entry.key : event.key));
      if (seen.length > 0 && !watch.stopped) watch.listener.onEvents(seen);
    }
  }

  #end(watch: Watch): void {
    watch.stopped = true;
    this.#watches.delete(watch);
  }

  async #endWhenDue(id: LeaseId, lease: Lease): Promise<void> {
    while (!lease.ended.signal.aborted) {
      const leftMs = lease.endsAtMs - this.clock.monotonicMs();
      if (leftMs <= 0) return this.revokeLease(id);
      await this.clock.sleep(leftMs, lease.ended.signal);
    }
  }
}

/** Where the first key stands that is not before `name`. */
function firstFrom(keys: readonly string[], name: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
